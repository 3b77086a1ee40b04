/** The dispatch worker: shows one ride to one driver, once, unless the ride is over or has changed. */
import * as z from 'zod/mini';
import { driverId } from '../../events/fields.ts';
import { Invalid, Unavailable } from '../kernel/errors.ts';
import { type Fields, log } from '../kernel/log.ts';
import { orderNumber } from '../kernel/order-number.ts';
import { InFlight, type Notification, type NotifyDeps, notificationId, notifyOnce } from '../notify/commands.ts';
import type { FlagName } from '../platform/flags.ts';
import { type MessageOf, message } from '../platform/message.ts';
import type { Delivery } from '../platform/queue-worker.ts';
import type { Store } from '../platform/store.ts';
import { type DispatchOrder, dispatchKey, judge, type Verdict } from './offers.decider.ts';
import { type Ride, rideRef } from './ride.ts';

/** `dispatch.requested`, as the rule of the bus hands it over. */
export const offerMessage = message(
  z.object({
    rideId: orderNumber,
    driverId,
    sequence: z.int().check(z.minimum(1)),
    version: z.int().check(z.minimum(1)),
    expiresAt: z.optional(z.string()),
    at: z.optional(z.iso.datetime()),
  }),
);
type OfferMessage = MessageOf<typeof offerMessage>;

export type OffersDeps = NotifyDeps & {
  readonly store: Store;
  /** Held: the flag was taken back for every ride. */
  readonly isHeld: (flag: FlagName) => Promise<boolean>;
};

export const offersWorker =
  (deps: OffersDeps) =>
  async (order: OfferMessage, { messageId }: Delivery): Promise<void> => {
    const [look, held] = await Promise.all([lookAt(deps, order), deps.isHeld('idempotent-dispatch')]);
    if (order.version > look.version)
      throw new Unavailable(`message of version ${order.version} overtook the ride at ${look.version}`);
    const sending: Sending = { ...look, order, messageId, guarded: look.ride.idempotentDispatch && !held };
    if (mayGoOut(sending)) await send(deps, sending);
  };

/** The ride at one moment, and what it means for the offer. */
type Look = { readonly ride: Ride; readonly version: number; readonly verdict: Verdict };

const lookAt = async ({ store }: OffersDeps, order: DispatchOrder): Promise<Look> => {
  const { state: ride, version } = await store.load(rideRef(order.rideId));
  if (!ride)
    throw new Invalid('there is no such ride', [{ field: 'rideId', message: `${order.rideId} is not stored` }]);
  return { ride, version, verdict: judge(order, ride, version) };
};

type Sending = Look & {
  readonly order: OfferMessage;
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

/** Says so when the message is skipped, or would be if the flag were on. */
const mayGoOut = (sending: Sending): boolean => {
  const { verdict, guarded } = sending;
  if (verdict.outcome === 'send') return true;
  const outcome = guarded ? 'skipped' : 'would-skip';
  log.warn(
    'Dispatch skipped',
    { ...fieldsOf(sending), outcome, reason: verdict.why },
    { [suppressed[verdict.why]]: 1 },
  );
  return !guarded;
};

const send = async (deps: OffersDeps, first: Sending): Promise<void> => {
  const { order, guarded } = first;
  const line = lineOf(first, `DISPATCH#${order.driverId}#${order.sequence}`);
  const notification = newRideRequest(first);
  let sending = first;
  /** The ride may have ended or changed between the first look and the claim. */
  const stillWanted = async (): Promise<boolean> => {
    if (first.verdict.outcome === 'skip') return true;
    sending = { ...first, ...(await lookAt(deps, order)) };
    return mayGoOut(sending);
  };
  try {
    let notified = await notifyOnce({ ...deps, stillWanted }, order.driverId, line, notification);
    if (notified.outcome === 'dropped') return;
    if (notified.outcome === 'sent-before') {
      log.warn(
        'Dispatch skipped',
        { ...fieldsOf(sending), outcome: guarded ? 'skipped' : 'would-skip', reason: 'duplicate' },
        { DispatchDuplicateSuppressed: 1 },
      );
      if (guarded) return;
      notified = await notifyOnce(deps, order.driverId, lineOf(first, `${line.key}#${first.messageId}`), notification);
      if (notified.outcome !== 'sent') return;
      log.warn('Dispatch sent twice', fieldsOf(sending), { DispatchDuplicate: 1 });
    }
    if (sending.verdict.outcome === 'skip' && sending.ride.status === 'DECLINED')
      log.warn('Dispatch sent for DECLINED request', fieldsOf(sending), { DispatchAfterDecline: 1 });
    log.info(
      'Dispatch sent',
      { ...fieldsOf(sending), outcome: 'sent', channel: notified.channel },
      { DispatchAttempted: 1, DispatchSent: 1, DispatchFailed: 0, ...latency(deps, order) },
    );
  } catch (error) {
    if (!(error instanceof InFlight))
      log.error('Dispatch failed', error, fieldsOf(sending), { DispatchAttempted: 1, DispatchFailed: 1 });
    throw error;
  }
};

const latency = ({ now }: OffersDeps, { at }: OfferMessage) => (at ? { DispatchLatency: now() - Date.parse(at) } : {});

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
