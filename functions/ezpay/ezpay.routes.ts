/** The HTTP routes of EzPay, as data. */
import type { Route } from '../kernel/route.ts';
import * as schemas from './ezpay.schemas.ts';

export const routes = [
  {
    method: 'POST',
    path: '/ezpay',
    summary: 'Scan the code in a car',
    description:
      'Confirmed at once when the argo runs; else, by mode, confirmed by a recent order, waited for, or refused with what to do next. Scanning again while it goes answers the first order.',
    roles: ['rider'],
    body: schemas.scan,
  },
  { method: 'GET', path: '/ezpay/{id}', summary: 'See an EzPay order', params: { id: schemas.orderId } },
  {
    method: 'POST',
    path: '/ezpay/{id}/confirm',
    summary: 'Confirm by hand',
    description: 'The word of the driver of that car: the passenger is on board, or not.',
    roles: ['driver'],
    params: { id: schemas.orderId },
    body: schemas.answer,
  },
  {
    method: 'GET',
    path: '/cars/{car}/code',
    summary: 'Get the code for the screen of a car',
    description:
      'For the driver of the car: signed for it and for him, for minutes. Show the next one from `refreshAt` on; a photo of it is soon worth nothing.',
    roles: ['driver'],
    params: { car: schemas.car },
  },
  {
    method: 'GET',
    path: '/cars/{car}/argo',
    summary: 'See the argo of a car',
    description: 'For the driver of the car and for operators.',
    roles: ['driver', 'operator'],
    params: { car: schemas.car },
  },
] as const satisfies readonly Route[];
