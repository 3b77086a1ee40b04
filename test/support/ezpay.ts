/** Cars, devices, scans and times for the tests of EzPay. */
import { type ArgoCommand, decide as decideArgo } from '../../functions/ezpay/argo.decider.ts';
import { type Run, type Timeline, timelineOf } from '../../functions/ezpay/argo.timeline.ts';
import type { Argo, MeterEvent } from '../../functions/ezpay/argo.ts';
import { decide, type EzPayCommand } from '../../functions/ezpay/ezpay.decider.ts';
import type { EzPay, Mode, Scan } from '../../functions/ezpay/ezpay.ts';
import type { Prediction } from '../../functions/ezpay/predictor.ts';
import { scan as scanned } from '../../functions/ezpay/scan.decider.ts';
import {
  type CarId,
  type DriverId,
  type Instant,
  instant,
  type OrderId,
  type RiderId,
} from '../../functions/kernel/types.ts';

/** 03:44, when the customer scanned. */
export const start = instant(Date.parse('2026-11-20T20:44:00.000Z'));
/** Minutes after 03:44. */
export const at = (minutes: number): Instant => instant(start + Math.round(minutes * 60_000));

export const car = 'B1234XYZ' as CarId;
export const otherCar = 'B9999XYZ' as CarId;
export const customer = 'customer-1' as RiderId;
export const driver = 'driver-1' as DriverId;
export const orderId = (n: number): OrderId => `TNT-20261121-000000${n}` as OrderId;

type Meter = Partial<MeterEvent> & { readonly sequence: number };
const meter = (kind: MeterEvent['kind'], minutes: number, { receivedAt, ...more }: Meter): MeterEvent => ({
  device: 'device-1',
  kind,
  deviceTime: at(minutes),
  receivedAt: receivedAt ?? at(minutes),
  ...more,
});
/** The argo is started at that minute by the device's clock; the report arrives at once unless given otherwise. */
export const started = (minutes: number, more: Meter): MeterEvent => meter('STARTED', minutes, more);
export const stopped = (minutes: number, more: Meter): MeterEvent => meter('STOPPED', minutes, more);

export const noArgo: Argo = { car, events: [] };
export const argoAfter = (argo: Argo, ...commands: readonly ArgoCommand[]): Argo => {
  let now = argo;
  for (const command of commands) {
    const decision = decideArgo(command, argo.car, now);
    if (decision.outcome === 'happened') now = decision.state;
  }
  return now;
};
export const reports = (...events: readonly MeterEvent[]): Argo =>
  argoAfter(noArgo, ...events.map((event) => ({ type: 'report', event, at: event.receivedAt }) as const));
export const timeline = (argo: Argo): Timeline => timelineOf(argo.events);
export const doubts = (argo: Argo): readonly (string | undefined)[] => timeline(argo).placed.map(({ doubt }) => doubt);
/** The runs in minutes after 03:44; a run whose start was lost shows `?`. */
export const runs = (argo: Argo): readonly (readonly (number | string | undefined)[])[] =>
  timeline(argo).runs.map((run: Run) => [
    'since' in run ? '?' : (run.startedAt - start) / 60_000,
    run.stoppedAt === undefined ? undefined : (run.stoppedAt - start) / 60_000,
  ]);

export const scanOf = (values: Partial<Scan> = {}): Scan => ({
  orderId: orderId(1),
  customerId: customer,
  car,
  paymentMethod: 'gopay',
  scannedAt: start,
  mode: 'async' as Mode,
  windowMs: 5 * 60_000,
  answerMs: 10 * 60_000,
  ...values,
});
export const scan = (values: Partial<Scan> = {}, argo: Argo = noArgo, prediction?: Prediction) =>
  scanned({ type: 'scan', scan: scanOf(values), argo, graceMs: 2 * 60_000, prediction });

/** The order after the commands; one that changes nothing leaves it as it is. */
export const orderAfter = (order: EzPay, ...commands: readonly EzPayCommand[]): EzPay => {
  let now = order;
  for (const command of commands) {
    const decision = decide(command, now);
    if (decision.outcome === 'happened') now = decision.state;
  }
  return now;
};

/** The past of a reliable car: three hours of trips on the argo, sixty proven scans, a driver on duty. */
export const historyBefore = (minute: number): readonly ArgoCommand[] => [
  ...Array.from({ length: 12 }, (_, n) => {
    const event = (n % 2 === 0 ? started : stopped)(minute - 180 + 15 * n, { sequence: n + 1 });
    return { type: 'report', event, at: event.receivedAt } as const;
  }),
  ...Array.from({ length: 60 }, (_, n) => {
    const outcome = { orderId: orderId(n), confirmed: true, proven: true };
    return { type: 'record-outcome', ...outcome, at: at(minute - 625 + 10 * n) } as const;
  }),
  { type: 'drive', driverId: driver, drives: true, at: at(minute - 60) },
];
