/** The worker of the argo queue: a report of a car's device becomes one conditional write on the car's item. */
import * as z from 'zod/mini';
import type { Outcome } from '../kernel/aggregate.ts';
import { carNumber } from '../kernel/car.ts';
import { log } from '../kernel/log.ts';
import { rupiah } from '../kernel/rupiah.ts';
import { check, parseWith } from '../kernel/schema.ts';
import { type CarId, type Instant, instant } from '../kernel/types.ts';
import type { MessageDeclaration } from '../platform/message.ts';
import type { Clock } from '../platform/ports.ts';
import { doubtIn, lagOf, placeOf, timelineOf } from './argo.timeline.ts';
import type { Argo, ArgoFact, MeterEvent } from './argo.ts';
import { changeArgo, type EzPayDeps } from './commands.ts';

const time = z.int().check(z.minimum(0), z.maximum(8_640_000_000_000_000));
const position = z.object({
  lat: z.number().check(z.minimum(-90), z.maximum(90)),
  lng: z.number().check(z.minimum(-180), z.maximum(180)),
});
/** The fare the device shows, in whole rupiah. A stop without a usable fare is a stop nevertheless. */
const fare = z.catch(z.optional(z.int().check(z.minimum(1), z.maximum(999_999_999))), undefined);
const common = {
  car: carNumber,
  device: z.string().check(z.regex(/^[\x21-\x7e]{1,128}$/, { error: 'must be 1 to 128 visible ASCII characters' })),
  boot: z.optional(z.int().check(z.minimum(0))),
  sequence: z.int().check(z.minimum(0)),
  /** Epoch milliseconds by the device's clock. */
  deviceTime: time,
  /** Epoch milliseconds by the rule that received it. */
  receivedAt: time,
};

/** A message as the IoT rule passes it on: car and device are from the connection, the rest is from the device. */
export const deviceMessage = z.discriminatedUnion('kind', [
  z.object({ ...common, kind: z.literal('STARTED'), position: z.optional(position) }),
  z.object({ ...common, kind: z.literal('STOPPED'), position: z.optional(position), fare }),
  z.object({ ...common, kind: z.literal('PING'), position }),
]);
export type DeviceMessage = z.infer<typeof deviceMessage>;

/** A message that the rule could not send to the queue, as IoT Core wraps it. */
const undelivered = z.object({ topic: z.string(), clientId: z.string(), base64OriginalPayload: z.string() });

/** It counts as received when it is sent to the queue again: the first receipt is unknown. */
const unwrapped = (value: unknown, now: Instant): unknown => {
  const found = z.safeParse(undelivered, value);
  if (!found.success) return value;
  const { topic, clientId, base64OriginalPayload } = found.data;
  try {
    const payload = JSON.parse(Buffer.from(base64OriginalPayload, 'base64').toString('utf8')) as object;
    return { ...payload, car: topic.split('/')[2], device: clientId, receivedAt: now };
  } catch {
    return value;
  }
};

/** The messages of the queue: as the rule passes them on, and those it could not send before. */
export const reportMessage = (now: () => Instant): Pick<MessageDeclaration<never, DeviceMessage>, 'read'> => ({
  read: (text) => check(deviceMessage, unwrapped(parseWith(z.unknown(), text), now())),
});

const eventOf = (message: Exclude<DeviceMessage, { kind: 'PING' }>): MeterEvent => ({
  device: message.device,
  ...(message.boot === undefined ? {} : { boot: message.boot }),
  sequence: message.sequence,
  kind: message.kind,
  deviceTime: instant(message.deviceTime),
  receivedAt: instant(message.receivedAt),
  ...(message.kind === 'STOPPED' && message.fare !== undefined ? { fare: rupiah(message.fare) } : {}),
});

export const meterReportsWorker =
  (deps: Pick<EzPayDeps, 'store'> & Pick<Clock, 'now'>) =>
  async (message: DeviceMessage): Promise<void> => {
    const car = message.car;
    const at = deps.now();
    if (message.kind === 'PING') {
      const seenAt = placeOf({ deviceTime: instant(message.deviceTime), receivedAt: instant(message.receivedAt) });
      const { decision } = await changeArgo(deps, car, { type: 'ping', position: message.position, seenAt, at });
      if (decision.outcome === 'happened')
        log.info('Position recorded', { car, outcome: 'happened' }, { ArgoPositionWritten: 1 });
      return;
    }
    const event = eventOf(message);
    logReport(event, await changeArgo(deps, car, { type: 'report', event, position: message.position, at }), car);
  };

const logReport = (event: MeterEvent, { decision, state }: Outcome<Argo, ArgoFact>, car: CarId): void => {
  const fields = { car, device: event.device, sequence: event.sequence, kind: event.kind };
  if (decision.outcome !== 'happened' || !state) {
    const reason = decision.outcome === 'nothing' ? decision.reason : 'refused';
    log.warn('Meter report skipped', { ...fields, outcome: 'nothing', reason }, { ArgoDuplicate: 1 });
    return;
  }
  const doubt = doubtIn(timelineOf(state.events), event);
  const lag = lagOf({ event, at: placeOf(event), doubt });
  const metrics = {
    ...(lag === undefined ? {} : { ArgoLag: lag }),
    ArgoReported: 1,
    ...(doubt ? { ArgoSuspect: 1 } : {}),
  };
  log.info('Meter report applied', { ...fields, outcome: 'happened', doubt }, metrics);
};
