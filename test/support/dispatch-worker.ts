/** The dispatch worker on the model of the tables: a ride offered to three drivers who are connected. */
import { dispatch, dispatchMessage } from '../../functions/dispatch/offers.worker.ts';
import { decide, type RideCommand, requestRide } from '../../functions/dispatch/ride.decider.ts';
import { rideRef } from '../../functions/dispatch/ride.ts';
import type { DriverId } from '../../functions/kernel/types.ts';
import { queueWorker } from '../../functions/platform/queue-worker.ts';
import { store } from '../../functions/platform/store.ts';
import { d1, d2, d3, request, rideId } from './dispatch.ts';
import { clientOf } from './memory-table.ts';
import { people } from './people.ts';
import { deadLetters, delivered } from './queue.ts';

/**
 * @param flag whether the ride began under `idempotent-dispatch`
 * @param held whether the flag was taken back for all
 */
export const dispatchWorker = async ({ flag = true, held = false, policy = 'close' as 'close' | 'next' } = {}) => {
  const world = people();
  const rides = store(clientOf(world.table), 'State');
  await rides.create(
    rideRef(rideId),
    requestRide({ type: 'request', request: request({ idempotentDispatch: flag, policy }), drivers: [d1, d2, d3] }),
  );
  for (const driver of [d1, d2, d3]) await world.connect(driver);
  const { park, parked } = deadLetters();
  const delays: number[] = [];
  let meanwhile = async (): Promise<unknown> => undefined;
  const { ledger } = world.deps;
  const claim: typeof ledger.claim = async (line, now) => {
    const claimed = await ledger.claim(line, now);
    const happens = meanwhile;
    meanwhile = async () => undefined;
    await happens();
    return claimed;
  };
  const deps = { ...world.deps, ledger: { ...ledger, claim }, store: rides, isHeld: async () => held };
  const worker = queueWorker(dispatchMessage, dispatch(deps), {
    park,
    delay: async (_, seconds) => void delays.push(seconds),
  });
  /** The message of the queue for one of the three offers. */
  const order = (driverId: DriverId, version = 1) => ({
    type: 'dispatch.requested',
    id: `${rideId}/RIDE/${version}`,
    rideId,
    driverId,
    sequence: [d1, d2, d3].indexOf(driverId) + 1,
    version,
    at: '2026-11-21T03:44:00.000Z',
    expiresAt: '2026-11-21T03:44:30.000Z',
  });
  const change = (command: RideCommand) => rides.transition(rideRef(rideId), (ride) => decide(command, ride));
  /** What happens between the claim of the next offer and its sending. */
  const afterNextClaim = (happens: () => Promise<unknown>): void => {
    meanwhile = happens;
  };
  /** Hands the messages to the worker in one batch. @returns those it did not take */
  const drain = async (...orders: readonly unknown[]) => (await worker(delivered(orders))).batchItemFailures;
  /** How often each of the three was shown the ride. */
  const got = () =>
    [d1, d2, d3].map((driver) => world.of(driver).filter(({ type }) => type === 'NEW_RIDE_REQUEST').length);
  return { ...world, rides, order, change, afterNextClaim, drain, got, parked };
};
