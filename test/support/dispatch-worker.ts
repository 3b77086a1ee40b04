/** The dispatch worker, composed as on Lambda: a ride offered to three drivers who are connected. */
import { GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { compose } from '../../functions/dispatch/offers.compose.ts';
import { decide, type RideCommand, requestRide } from '../../functions/dispatch/ride.decider.ts';
import { rideRef } from '../../functions/dispatch/ride.ts';
import type { DriverId } from '../../functions/kernel/types.ts';
import { holds } from '../../functions/platform/holds.store.ts';
import { store } from '../../functions/platform/store.ts';
import { at, d1, d2, d3, request, rideId } from './dispatch.ts';
import { clientOf, clientWith, memoryTable } from './memory-table.ts';
import { people } from './people.ts';
import { env, testPorts } from './ports.ts';
import { delivered } from './queue.ts';

const isClaim = (command: unknown): boolean =>
  (command instanceof PutItemCommand && command.input.TableName === 'Story') ||
  (command instanceof UpdateItemCommand && command.input.UpdateExpression === 'SET claimedAt = :now');
const isRideRead = (command: unknown): boolean =>
  command instanceof GetItemCommand && command.input.Key?.sk?.S === 'RIDE';

/** The client of the table, with what happens after the next claim, and with reads of rides that fail. */
const interrupted = (table: ReturnType<typeof memoryTable>) => {
  const plain = clientOf(table);
  let meanwhile: (() => Promise<unknown>) | undefined;
  let failure: Error | undefined;
  const dynamo = clientWith(async (command) => {
    if (failure && isRideRead(command)) throw failure;
    const output = await plain.send(command as never);
    const happens = isClaim(command) ? meanwhile : undefined;
    if (happens) {
      meanwhile = undefined;
      await happens();
    }
    return output;
  });
  return {
    dynamo,
    /** What happens between the claim of the next offer and its delivery. */
    afterNextClaim: (happens: () => Promise<unknown>): void => {
      meanwhile = happens;
    },
    /** Reads of a ride fail until it is called without an error. */
    failReads: (error?: Error): void => {
      failure = error;
    },
  };
};

/**
 * @param flag whether the ride began under `idempotent-dispatch`
 * @param held whether the flag is held for all rides
 */
export const dispatchWorker = async ({ flag = true, held = false, policy = 'close' as 'close' | 'next' } = {}) => {
  const table = memoryTable();
  const { dynamo, afterNextClaim, failReads } = interrupted(table);
  const world = people({ table, dynamo });
  const rides = store(testPorts({ table }).ports, 'State');
  await rides.create(rideRef(rideId), requestRide(request({ idempotentDispatch: flag, policy }), [d1, d2, d3]));
  if (held) await holds(world.ports, 'State').hold('idempotent-dispatch', 'test', at(0));
  for (const driver of [d1, d2, d3]) await world.connect(driver);
  const worker = compose(world.ports, env);
  /** The message of the queue for one of the three offers. */
  const message = (driverId: DriverId, version = 1) => ({
    type: 'dispatch.requested',
    id: `${rideId}/RIDE/${version}`,
    rideId,
    driverId,
    sequence: [d1, d2, d3].indexOf(driverId) + 1,
    version,
    at: '2026-11-21T03:44:00.000Z',
    expiresAt: '2026-11-21T03:44:30.000Z',
  });
  return {
    ...world,
    rides,
    message,
    afterNextClaim,
    failReads,
    change: (command: RideCommand) => rides.transition(rideRef(rideId), (ride) => decide(command, ride)),
    /** Hands the messages to the worker in one batch. @returns those left for a retry */
    drain: async (...messages: readonly unknown[]) => (await worker(delivered(messages))).batchItemFailures,
    /** How often each of the three was shown the ride. */
    shown: () =>
      [d1, d2, d3].map((driver) => world.of(driver).filter(({ type }) => type === 'NEW_RIDE_REQUEST').length),
    /** What was parked, and why. */
    parked: () =>
      world.sent
        .filter(({ queue }) => queue === 'own-dead-letters')
        .map(({ body, attributes }) => ({ body, reason: attributes.reason })),
  };
};
