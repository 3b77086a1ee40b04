/** The dispatch worker: shows one ride to one driver, once, unless the ride is over or has changed. */
import * as z from 'zod/mini';
import { BeingSent, type Notification, type NotifyDeps, notificationId, tellOnce } from '../notify/commands.ts';
import { Invalid, Unavailable } from '../platform/errors.ts';
import type { FlagName } from '../platform/flags.ts';
import { type Fields, log } from '../platform/log.ts';
import { orderNumber } from '../platform/order-number.schema.ts';
import type { Delivery } from '../platform/queue-worker.ts';
import type { Store } from '../platform/store.ts';
import { type DispatchOrder, dispatchKey, judge, type Verdict } from './offers.decider.ts';
import { type Ride, rideRef } from './ride.ts';

export const dispatchMessage = z.object({
  rideId: orderNumber,
  driverId: z.string().check(z.minLength(1)),
  sequence: z.int().check(z.minimum(1)),
  version: z.int().check(z.minimum(1)),
  expiresAt: z.optional(z.string()),
  at: z.optional(z.iso.datetime()),
});
export type DispatchMessage = z.infer<typeof dispatchMessage>;

export type OffersDeps = NotifyDeps & {
  readonly store: Store;
  /** Held: the flag was taken back for every ride. */
  readonly isHeld: (flag: FlagName) => Promise<boolean>;
};

export const dispatch =
  (deps: OffersDeps) =>
  async (message: DispatchMessage, { messageId }: Delivery): Promise<void> => {
    const order = message as DispatchMessage & DispatchOrder;
    const [{ state: ride, version }, held] = await Promise.all([
      deps.store.load(rideRef(order.rideId)),
      deps.isHeld('idempotent-dispatch'),
    ]);
    if (!ride) throw new Invalid('there is no such ride', [{ field: 'rideId', message: `${order.rideId} is not stored` }]);
    if (order.version > version) throw new Unavailable(`message of version ${order.version} overtook the ride at ${version}`);
    const sending: Sending = { order, ride, version, messageId, guarded: ride.idempotentDispatch && !held };
    const verdict = judge(order, ride, version);
    if (verdict.outcome === 'skip' && !report(sending, verdict)) return;
    await send(deps, sending, verdict);
  };

type Sending = {
  readonly order: DispatchMessage & DispatchOrder;
  readonly ride: Ride;
  readonly version: number;
  readonly messageId: string;
  /** The flag `idempotent-dispatch`; without it the worker sends as ever and only measures what it would have suppressed. */
  readonly guarded: boolean;
};

const fieldsOf = ({ order, ride, guarded }: Sending): Fields => ({
  orderId: order.rideId,
  driverId: order.driverId,
  sequence: order.sequence,
  version: order.version,
  status: ride.status,
  flag: guarded ? 'on' : 'off',
});

const suppressed = {
  'ride-closed': 'DispatchClosedSuppressed',
  'older-version': 'DispatchStaleSuppressed',
  'offer-over': 'DispatchClosedSuppressed',
};

/** @returns whether the message goes out all the same, the flag being off */
const report = (sending: Sending, { why }: Extract<Verdict, { outcome: 'skip' }>): boolean => {
  const outcome = sending.guarded ? 'skipped' : 'would-skip';
  log.warn('Dispatch skipped', { ...fieldsOf(sending), outcome, reason: why }, { [suppressed[why]]: 1 });
  return !sending.guarded;
};

const send = async (deps: OffersDeps, sending: Sending, verdict: Verdict): Promise<void> => {
  const { order, ride, guarded } = sending;
  const line = lineOf(sending, `DISPATCH#${order.driverId}#${order.sequence}`);
  const notification = newRideRequest(sending);
  try {
    let told = await tellOnce(deps, order.driverId, line, notification);
    if (told.outcome === 'sent-before') {
      log.warn(
        'Dispatch skipped',
        { ...fieldsOf(sending), outcome: guarded ? 'skipped' : 'would-skip', reason: 'duplicate' },
        { DispatchDuplicateSuppressed: 1 },
      );
      if (guarded) return;
      told = await tellOnce(deps, order.driverId, lineOf(sending, `${line.key}#${sending.messageId}`), notification);
      if (told.outcome === 'sent-before') return;
      log.warn('Dispatch sent twice', fieldsOf(sending), { DispatchDuplicate: 1 });
    }
    if (verdict.outcome === 'skip' && ride.status === 'DECLINED')
      log.warn('Dispatch sent for DECLINED request', fieldsOf(sending), { DispatchAfterDecline: 1 });
    log.info(
      'Dispatch sent',
      { ...fieldsOf(sending), outcome: 'sent', channel: told.channel },
      { DispatchAttempted: 1, DispatchSent: 1, DispatchFailed: 0, ...latency(deps, order) },
    );
  } catch (error) {
    if (!(error instanceof BeingSent)) log.error('Dispatch failed', error, fieldsOf(sending), { DispatchAttempted: 1, DispatchFailed: 1 });
    throw error;
  }
};

const latency = ({ now }: OffersDeps, { at }: DispatchMessage) => (at ? { DispatchLatency: now() - Date.parse(at) } : {});

const lineOf = ({ order, version }: Sending, key: string) => ({
  orderId: order.rideId,
  key,
  kind: 'dispatch' as const,
  dispatchKey: dispatchKey(order),
  driverId: order.driverId,
  sequence: order.sequence,
  version,
});

const newRideRequest = ({ order, ride, version }: Sending): Notification => ({
  id: notificationId(ride.rideId, version),
  type: 'NEW_RIDE_REQUEST',
  rideId: ride.rideId,
  version,
  at: order.at ?? new Date(ride.requestedAt).toISOString(),
  sequence: order.sequence,
  serviceLine: ride.serviceLine,
  pickup: ride.pickup,
  destination: ride.destination,
  ...(order.expiresAt ? { expiresAt: order.expiresAt } : {}),
});
