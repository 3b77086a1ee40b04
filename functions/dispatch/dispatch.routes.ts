/** The HTTP routes of dispatch, as data. */
import type { Route } from '../kernel/route.ts';
import * as schemas from './dispatch.schemas.ts';

const params = { id: schemas.rideId };
export const routes = [
  {
    method: 'POST',
    path: '/rides',
    summary: 'Request a taxi',
    description: 'Repeating the request with the same Idempotency-Key returns the ride that the first one made.',
    roles: ['rider', 'operator'],
    body: schemas.requestRide,
    repeatable: true,
  },
  { method: 'GET', path: '/rides/{id}', summary: 'Get a ride', params },
  {
    method: 'POST',
    path: '/rides/{id}/accept',
    summary: 'Accept an offer',
    description: 'Exactly one driver gets the ride. They are busy and the order is open from the same write on.',
    roles: ['driver'],
    params,
  },
  {
    method: 'POST',
    path: '/rides/{id}/decline',
    summary: 'Decline an offer',
    description: 'Under policy `close` the ride is DECLINED and every other offer withdrawn in the same write.',
    roles: ['driver'],
    params,
    body: schemas.decline,
  },
  {
    method: 'POST',
    path: '/rides/{id}/pick-up',
    summary: 'Report that the rider was picked up',
    description: 'For its driver, or an operator. From then on only they can end the trip.',
    roles: ['driver', 'operator'],
    params,
  },
  {
    method: 'POST',
    path: '/rides/{id}/cancel',
    summary: 'Cancel a ride, or give it back',
    description:
      'Before the pick-up its driver gives it back: others are offered it, under policy `search` of the request. ' +
      'A rider who cancels after a driver accepted may owe a fee. After the pick-up only the driver or an operator ' +
      'can cancel, after the end nobody. Order and driver change in the same write.',
    params,
    body: schemas.cancel,
  },
  {
    method: 'PATCH',
    path: '/rides/{id}/pickup',
    summary: 'Move the pickup point',
    roles: ['rider', 'operator'],
    params,
    body: schemas.movePickup,
  },
  {
    method: 'GET',
    path: '/drivers/me',
    summary: 'Get my profile and open offers',
    description: 'For an app that was offline: notifications it missed are not sent again.',
    roles: ['driver'],
  },
  {
    method: 'PUT',
    path: '/drivers/me',
    summary: 'Report duty and position',
    roles: ['driver'],
    body: schemas.reportDriver,
  },
] as const satisfies readonly Route[];
