/** The dispatch worker: shows one ride to one driver, once, unless the ride is closed or has changed. */
import * as z from 'zod/mini';
import { driverId } from '../../events/fields.ts';
import { Invalid, Unavailable } from '../kernel/errors.ts';
import { type Fields, log } from '../kernel/log.ts';
import type { MetricName } from '../kernel/metrics.ts';
import { orderNumber } from '../kernel/order-number.ts';
import { iso } from '../kernel/types.ts';
import { type DeliveryLine, InFlight, type NotifyDeps, notificationId, notifyOnce } from '../notify/commands.ts';
import type { FlagName } from '../platform/flags.ts';
import { type MessageOf, message } from '../platform/message.ts';
import type { Delivery } from '../platform/queue-worker.ts';
import type { Store } from '../platform/store.ts';
import { driverRef } from './driver.ts';
import { dispatchKey, reasonToSkip, type SkipReason } from './offers.decider.ts';
import { type Ride, rideRef } from './ride.ts';

/** `dispatch.requested`, as the rule of the bus hands it over. */
export const offerMessage = message(
  z.object({
    rideId: orderNumber,
    driverId: driverId.check(z.minLength(1)),
    sequence: z.int().check(z.minimum(1)),
    version: z.int().check(z.minimum(1)),
    expiresAt: z.optional(z.string()),
    at: z.optional(z.iso.datetime()),
  }),
);
type OfferMessage = MessageOf<typeof offerMessage>;

export type OffersDeps = NotifyDeps & {
  readonly store: Store;
  /** Held: the flag is off for every ride until an operator releases it. */
  readonly isHeld: (flag: FlagName) => Promise<boolean>;
};

export const offersWorker =
  (deps: OffersDeps) =>
  async (request: OfferMessage, { messageId }: Delivery): Promise<void> => {
    const [current, isHeld] = await Promise.all([read(deps, request), deps.isHeld('idempotent-dispatch')]);
    if (request.version > current.version)
      throw new Unavailable(`message of version ${request.version} overtook the ride at ${current.version}`);
    const sending: Sending = { ...current, request, messageId, guarded: current.ride.idempotentDispatch && !isHeld };
    if (mayBeSent(sending)) await send(deps, sending);
  };

/** The ride as it is now, and why its offer is not to be sent, if so. */
type Current = { readonly ride: Ride; readonly version: number; readonly skip: SkipReason | undefined };

const read = async ({ store }: OffersDeps, request: OfferMessage): Promise<Current> => {
  const [{ state: ride, version }, { state: driver }] = await Promise.all([
    store.load(rideRef(request.rideId)),
    store.load(driverRef(request.driverId)),
  ]);
  if (!ride) throw new Invalid('unknown ride', [{ field: 'rideId', message: `${request.rideId} is not stored` }]);
  const skip = reasonToSkip(request, ride, version) ?? (driver?.busy ? 'driver-busy' : undefined);
  return { ride, version, skip };
};

type Sending = Current & {
  readonly request: OfferMessage;
  readonly messageId: string;
  /** The flag `idempotent-dispatch`. Without it every message is sent, and what it would have suppressed is counted. */
  readonly guarded: boolean;
};

const fieldsOf = ({ request, ride: { status }, guarded }: Sending): Fields => {
  const { rideId: orderId, driverId, sequence, version } = request;
  return { orderId, driverId, sequence, version, status, flag: guarded ? 'on' : 'off' };
};

const suppressed = {
  'ride-closed': 'DispatchClosedSuppressed',
  'older-version': 'DispatchStaleSuppressed',
  'offer-over': 'DispatchClosedSuppressed',
  'driver-busy': 'DispatchBusySuppressed',
  duplicate: 'DispatchDuplicateSuppressed',
} as const satisfies Record<SkipReason | 'duplicate', MetricName>;

/** Logs a message that is skipped, or would be with the flag on. @returns whether it is sent */
const mayBeSent = (sending: Sending, reason: keyof typeof suppressed | undefined = sending.skip): boolean => {
  if (!reason) return true;
  // Who is busy is offered nothing, whatever the flag.
  const isSkipped = sending.guarded || reason === 'driver-busy';
  const outcome = isSkipped ? 'skipped' : 'would-skip';
  log.warn('Dispatch skipped', { ...fieldsOf(sending), outcome, reason }, { [suppressed[reason]]: 1 });
  return !isSkipped;
};

const send = async (deps: OffersDeps, first: Sending): Promise<void> => {
  let sending = first;
  /** The ride may have ended or changed between the first read and the claim. */
  const stillWanted = async (): Promise<boolean> => {
    if (first.skip) return true;
    sending = { ...first, ...(await read(deps, first.request)) };
    return mayBeSent(sending);
  };
  try {
    const channel = await deliver(deps, first, stillWanted, () => mayBeSent(sending, 'duplicate'));
    if (!channel) return;
    if (sending.skip && sending.ride.status === 'DECLINED')
      log.warn('Dispatch sent for DECLINED request', fieldsOf(sending), { DispatchAfterDecline: 1 });
    const metrics = { DispatchAttempted: 1, DispatchSent: 1, DispatchFailed: 0, ...latency(deps, first.request) };
    log.info('Dispatch sent', { ...fieldsOf(sending), outcome: 'sent', channel }, metrics);
  } catch (error) {
    if (!(error instanceof InFlight))
      log.error('Dispatch failed', error, fieldsOf(sending), { DispatchAttempted: 1, DispatchFailed: 1 });
    throw error;
  }
};

/** @returns the channel it was sent over; nothing when it was not sent */
const deliver = async (
  deps: OffersDeps,
  sending: Sending,
  stillWanted: () => Promise<boolean>,
  mayBeSentTwice: () => boolean,
) => {
  const { request, messageId } = sending;
  const notification = newRideRequest(sending);
  const key = `DISPATCH#${request.driverId}#${request.sequence}`;
  const once = (line: DeliveryLine, check?: typeof stillWanted) =>
    notifyOnce({ ...deps, stillWanted: check }, request.driverId, line, notification);
  const first = await once(lineOf(sending, key), stillWanted);
  if (first.outcome === 'sent') return first.channel;
  if (first.outcome === 'dropped' || !mayBeSentTwice()) return undefined;
  const second = await once(lineOf(sending, `${key}#${messageId}`));
  if (second.outcome !== 'sent') return undefined;
  log.warn('Dispatch sent twice', fieldsOf(sending), { DispatchDuplicate: 1 });
  return second.channel;
};

const latency = ({ now }: OffersDeps, { at }: OfferMessage) => (at ? { DispatchLatency: now() - Date.parse(at) } : {});

const lineOf = ({ request, version }: Sending, key: string): DeliveryLine => {
  const { rideId: orderId, driverId, sequence } = request;
  return { orderId, key, kind: 'dispatch', dispatchKey: dispatchKey(request), driverId, sequence, version };
};

const newRideRequest = ({ request, ride, version }: Sending) => ({
  id: notificationId(ride.rideId, version),
  type: 'NEW_RIDE_REQUEST' as const,
  rideId: ride.rideId,
  version,
  at: request.at ?? iso(ride.requestedAt),
  sequence: request.sequence,
  serviceLine: ride.serviceLine,
  pickup: ride.pickup,
  destination: ride.destination,
  ...(request.expiresAt ? { expiresAt: request.expiresAt } : {}),
});
