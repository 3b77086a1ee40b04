/** The HTTP routes of dispatch, as data. */
import type { Answer, Route } from '../platform/route.ts';
import * as schemas from './dispatch.schemas.ts';

const params = { id: schemas.rideId };
const changed: Answer = { description: 'Done, or already so (`alreadyProcessed`).', schema: schemas.changed };
const foreign: Answer = { description: 'The ride belongs to somebody else, or the role does not fit.' };
const unknown: Answer = { description: 'There is no such ride.' };
const conflict: Answer = { description: 'The ride is in a state that does not allow it; `code` tells which.' };

export const routes = [
  {
    method: 'POST',
    path: '/rides',
    summary: 'Ask for a taxi',
    description: 'Repeating the request with the same Idempotency-Key answers the ride it made the first time.',
    roles: ['rider', 'operator'],
    body: schemas.requestRide,
    repeatable: true,
    answers: {
      201: { description: 'The ride; drivers are being asked.', schema: schemas.ride },
      200: { description: 'The ride this key made before.', schema: schemas.ride },
      422: { description: 'The key was used for another request.' },
    },
  },
  {
    method: 'GET',
    path: '/rides/{id}',
    summary: 'See a ride',
    params,
    answers: { 200: { description: 'The ride.', schema: schemas.ride }, 403: foreign, 404: unknown },
  },
  {
    method: 'POST',
    path: '/rides/{id}/accept',
    summary: 'Accept an offer',
    description: 'Exactly one driver wins. He is busy from the same write on.',
    roles: ['driver'],
    params,
    answers: { 200: changed, 403: foreign, 404: unknown, 409: conflict },
  },
  {
    method: 'POST',
    path: '/rides/{id}/decline',
    summary: 'Decline an offer',
    description: 'Under policy `close` the ride is DECLINED and every other offer withdrawn in the same write.',
    roles: ['driver'],
    params,
    body: schemas.decline,
    answers: { 200: changed, 403: foreign, 404: unknown },
  },
  {
    method: 'POST',
    path: '/rides/{id}/cancel',
    summary: 'Cancel a ride',
    params,
    body: schemas.cancel,
    answers: { 200: changed, 403: foreign, 404: unknown },
  },
  {
    method: 'PATCH',
    path: '/rides/{id}/pickup',
    summary: 'Move the pickup point',
    roles: ['rider', 'operator'],
    params,
    body: schemas.movePickup,
    answers: {
      200: { description: 'Moved, or ignored because it is not newer.', schema: schemas.pickupMoved },
      403: foreign,
      404: unknown,
      409: conflict,
    },
  },
  {
    method: 'PUT',
    path: '/drivers/me',
    summary: 'Report duty and position',
    roles: ['driver'],
    body: schemas.reportDriver,
    answers: { 200: { description: 'The driver as stored.', schema: schemas.driver } },
  },
] as const satisfies readonly Route[];
