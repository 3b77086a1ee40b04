/** What a ride refuses, and what the caller can do about it. */
import type { Refusal } from '../kernel/decision.ts';
import type { Offer } from './offer.ts';
import type { Ride } from './ride.ts';

const unknown = {
  code: 'RIDE_NOT_FOUND',
  message: 'No ride with this id is yours or was offered to you. Check the id and the token.',
  status: 404,
} as const;

export const refusals = {
  unknown,
  notYours: { code: 'NOT_YOUR_RIDE', message: 'This ride belongs to another user.', status: 403, shownAs: unknown },
  notOffered: {
    code: 'NOT_OFFERED_TO_DRIVER',
    message: 'This ride was never offered to this driver.',
    status: 403,
    shownAs: unknown,
  },
  notAssigned: {
    code: 'NOT_ASSIGNED_TO_DRIVER',
    message: 'Only the driver who has accepted this ride can do this. Load the ride.',
    status: 403,
  },
  taken: { code: 'RIDE_TAKEN', message: 'Another driver has already accepted this ride.' },
  closed: (status: Ride['status']) => ({
    code: 'RIDE_CLOSED',
    message: `The ride is ${status} and can no longer be changed.`,
  }),
  notAccepted: {
    code: 'RIDE_NOT_ACCEPTED',
    message: 'No driver has this ride. It can be picked up once a driver has accepted it.',
  },
  notPickedUp: {
    code: 'NOT_PICKED_UP',
    message: 'The rider was not picked up. Report it with POST /rides/{id}/pick-up, then finish the trip.',
  },
  underWay: {
    code: 'RIDE_UNDER_WAY',
    message: 'The rider was picked up. Only the driver or an operator can end the trip now.',
  },
  offerOver: (status: Offer['status']) => {
    if (status === 'DECLINED') return { code: 'OFFER_DECLINED', message: 'You declined this ride earlier.' };
    return status === 'GIVEN_BACK'
      ? { code: 'OFFER_GIVEN_BACK', message: 'You gave this ride back earlier.' }
      : { code: 'OFFER_TIMED_OUT', message: 'The time to answer this offer is over.' };
  },
} as const satisfies Record<string, Refusal | ((status: never) => Refusal)>;
