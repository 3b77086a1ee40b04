/** The HTTP routes of EzPay, as data. */
import type { Route } from '../kernel/route.ts';
import * as schemas from './ezpay.schemas.ts';

export const routes = [
  {
    method: 'POST',
    path: '/ezpay',
    summary: 'Scan the code in a car',
    description:
      'Confirmed at once when the argo runs; else, by mode, confirmed by a recent order, waiting for the argo, or ' +
      'refused with what to do next. Another scan of an ongoing trip answers with the first order.',
    roles: ['rider'],
    body: schemas.scan,
  },
  { method: 'GET', path: '/ezpay/{id}', summary: 'Get an EzPay order', params: { id: schemas.orderId } },
  {
    method: 'POST',
    path: '/ezpay/{id}/confirm',
    summary: 'Confirm or deny a scan as its driver',
    description: 'The driver of that car confirms that the passenger is on board, or denies it.',
    roles: ['driver'],
    params: { id: schemas.orderId },
    body: schemas.answer,
  },
  {
    method: 'GET',
    path: '/cars/{car}/code',
    summary: 'Get the code for the screen of a car',
    description:
      'For the driver of the car, valid for minutes. Show the next one from `refreshAt` on; a photo soon expires.',
    roles: ['driver'],
    params: { car: schemas.car },
  },
  {
    method: 'GET',
    path: '/cars/{car}/argo',
    summary: 'Get the argo of a car',
    description: 'For the driver of the car and for operators.',
    roles: ['driver', 'operator'],
    params: { car: schemas.car },
  },
] as const satisfies readonly Route[];
