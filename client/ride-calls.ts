/** The calls for rides, which teach the notification filter what the app knows. */
import type { CallOptions, Tuntas } from './api.ts';
import { type Calls, newKey, pathOf } from './calls.ts';
import type { NotificationFilter } from './notification-filter.ts';
import { pickups } from './pickups.ts';
import { TuntasProblem } from './problem.ts';
import type { Changed, Driver, DriverWithOffers, PickupMoved, Ride } from './types.ts';

type RideCalls = Pick<
  Tuntas,
  'requestRide' | 'getRide' | 'accept' | 'decline' | 'pickUp' | 'cancel' | 'movePickup' | 'reportDriver' | 'getDriver'
>;

/** The offer is over, so it is not shown again. */
const offerIsOver = /^(RIDE_(TAKEN|CLOSED|NOT_FOUND)|OFFER_(TIMED_OUT|DECLINED|GIVEN_BACK))$/;
const at = (rideId: string, rest?: string): string => pathOf('rides', rideId, rest);
const because = (reason: string | undefined): object => (reason === undefined ? {} : { reason });

/** @param onRide called with each ride the app reads */
export const rideCalls = (
  { get, post, send }: Calls,
  filter: NotificationFilter,
  onRide: (ride: Ride) => void,
): RideCalls => {
  const read = (ride: Ride): Ride => {
    filter.learn(ride);
    sequences.learn(ride.rideId, ride.pickup.sequence);
    onRide(ride);
    return ride;
  };
  const getRide: RideCalls['getRide'] = async (rideId, options) => read(await get<Ride>(at(rideId), options));
  const sequences = pickups(async (rideId) => (await getRide(rideId)).pickup.sequence);
  const change = async (path: string, body: object | undefined, options: CallOptions): Promise<Changed> => {
    const changed = await post<Changed>(path, body, options);
    read(changed.ride);
    return changed;
  };
  /** An answer to an offer counts from the moment it is sent; no longer when it failed and the offer is still open. */
  const answer = async (rideId: string, how: string, options: CallOptions, body?: object): Promise<Changed> => {
    const takeBack = options.signal?.aborted ? () => {} : filter.answered(rideId);
    try {
      return await change(at(rideId, how), body, options);
    } catch (error) {
      const { status, code } = error instanceof TuntasProblem ? error : { status: undefined, code: '' };
      // Without a response, or when the app no longer waited for it, the answer may have been carried out.
      if (status !== 0 && !options.signal?.aborted && !offerIsOver.test(code)) takeBack();
      throw error;
    }
  };
  return {
    requestRide: async (body, { key = newKey(), signal } = {}) =>
      read(await post<Ride>('/rides', body, { key, signal })),
    getRide,
    accept: (rideId, options = {}) => answer(rideId, '/accept', options),
    decline: (rideId, options = {}) => answer(rideId, '/decline', options, because(options.reason)),
    pickUp: (rideId, options = {}) => change(at(rideId, '/pick-up'), undefined, options),
    cancel: (rideId, options = {}) => {
      const { reason, system } = options;
      return change(at(rideId, '/cancel'), { ...because(reason), ...(system ? { system } : {}) }, options);
    },
    movePickup: async (rideId, pickup, { signal } = {}) => {
      const body = { ...pickup, sequence: await sequences.next(rideId) };
      const moved = await send<PickupMoved>({
        method: 'PATCH',
        path: at(rideId, '/pickup'),
        body,
        signal,
      });
      if (moved.ignored) sequences.readAgain(rideId);
      return moved;
    },
    reportDriver: (body, { signal } = {}) => send<Driver>({ method: 'PUT', path: '/drivers/me', body, signal }),
    getDriver: (options) => get<DriverWithOffers>('/drivers/me', options),
  };
};
