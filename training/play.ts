/** Plays the life of one car through the real commands, on a clock of its own: each message when it arrives, each scan, each deadline. */

import { placeOf } from '../functions/ezpay/argo.timeline.ts';
import {
  changeArgo,
  type EzPayDeps,
  ezpayDeadline,
  joinCar,
  joinOrder,
  type Predictor,
  scanCar,
} from '../functions/ezpay/commands.ts';
import { decide } from '../functions/ezpay/ezpay.decider.ts';
import { type EzPay, ezpayRef, isWronglyFailed, type Mode, provenBy, type Witness } from '../functions/ezpay/ezpay.ts';
import type { Evidence } from '../functions/ezpay/predictor.ts';
import { after, type CarId, type DriverId, type Instant, instant, type OrderId } from '../functions/kernel/types.ts';
import type { Delivery } from '../local/fleet/device.ts';
import type { Life, Scanned } from '../local/fleet/fleet.ts';
import { memoryStore, type Written } from './memory.store.ts';

export type Rules = {
  readonly mode: Mode;
  readonly predictor?: Predictor | undefined;
  readonly windowMs?: number;
  readonly answerMs?: number;
};
export type Judgement = { readonly at: Instant; readonly evidence: Evidence };
/** What became of one scan. */
export type Ended = {
  readonly orderId: OrderId;
  readonly scan: Scanned;
  readonly order: EzPay;
  readonly witness: Witness['by'] | undefined;
  /** From the scan to its confirmation, ms. */
  readonly waitedMs: number | undefined;
  readonly wronglyFailed: boolean;
  /** When the reports of the argo first showed that it ran; nothing when they never did. */
  readonly provedAt: Instant | undefined;
  readonly judgements: readonly Judgement[];
  readonly unproven: boolean;
};

type Task = { readonly at: number; readonly run: () => Promise<void> };
const never: Task = { at: Number.POSITIVE_INFINITY, run: async () => undefined };
/** As long as reports count. */
const aftermath = 10 * 3_600_000;

export const playCar = async (life: Life, deliveries: readonly Delivery[], rules: Rules): Promise<readonly Ended[]> => {
  const { car } = life.car;
  const { mode, predictor, windowMs = 300_000, answerMs = 600_000 } = rules;
  const news: Written[] = [];
  const timers: Task[] = [];
  const scans = new Map<string, Scanned>();
  const heard = new Map<string, { provedAt?: Instant; unproven?: true; judgements: Judgement[] }>();
  const { store, waitingIn } = memoryStore((write) => void news.push(write));
  const deps: EzPayDeps = { store, waitingIn, predictor };
  const later = (at: number, run: Task['run']): void => {
    timers.push({ at, run });
    timers.sort((a, b) => a.at - b.at);
  };

  const about = (orderId: string) => {
    const known = heard.get(orderId) ?? { judgements: [] };
    heard.set(orderId, known);
    return known;
  };
  const settle = (orderId: OrderId, at: Instant, confirmed: boolean, proven?: boolean) =>
    changeArgo(deps, car, { type: 'settle', orderId, confirmed, proven, at });

  /** What the bus carries, and the worker does with it. */
  const hear = async ({ id, sk, at, facts, dueAt }: Written): Promise<void> => {
    const orderId = id as OrderId;
    if (dueAt !== undefined && sk === 'EZPAY')
      later(dueAt, async () => void (await ezpayDeadline(deps, orderId, dueAt)));
    for (const { type, data } of facts) {
      if (data.evidence) about(id).judgements.push({ at, evidence: data.evidence as Evidence });
      switch (type) {
        case 'argo.started':
        case 'argo.stopped':
        case 'argo.suspect':
        case 'car.moved-off':
          await joinCar(deps, id as CarId, at);
          break;
        case 'ezpay.waiting':
        case 'ezpay.refused':
        case 'ezpay.confirmed':
          if (data.by === 'argo') about(id).provedAt ??= at;
          await joinOrder(deps, car, orderId, at);
          if (type === 'ezpay.refused') await settle(orderId, at, false);
          if (type === 'ezpay.confirmed') await settle(orderId, at, true, provenBy(data.by as Witness['by']));
          break;
        case 'ezpay.cancelled':
          await settle(orderId, at, false, false);
          break;
        case 'ezpay.verified':
        case 'ezpay.wrongly-failed':
          about(id).provedAt ??= at;
          if (data.by === 'predictor') await settle(orderId, at, true, true);
          break;
        case 'ezpay.unproven':
          about(id).unproven = true;
          await settle(orderId, at, true, false);
          break;
        case 'ezpay.driver-asked':
          asked(orderId, at);
      }
    }
  };
  const asked = (orderId: OrderId, at: Instant): void => {
    const answer = scans.get(orderId)?.answer;
    if (!answer) return;
    const answeredAt = after(at, answer.afterMs);
    const command = {
      type: 'answer',
      driverId: 'driver' as DriverId,
      confirmed: answer.confirmed,
      at: answeredAt,
    } as const;
    later(answeredAt, async () => void (await store.transition(ezpayRef(orderId), (order) => decide(command, order))));
  };

  const known: readonly Task[] = [
    ...deliveries.map((delivery) => ({
      at: delivery.arrivesAt,
      run: async () => void (await deliver(deps, delivery)),
    })),
    ...life.scans.map((scan, n) => ({
      at: scan.at,
      run: async () => {
        const orderId = `${car}-${n}` as OrderId;
        scans.set(orderId, scan);
        const { customerId, at: scannedAt } = scan;
        await scanCar(deps, { orderId, customerId, car, paymentMethod: 'gopay', scannedAt, mode, windowMs, answerMs });
      },
    })),
    ...life.shifts.flatMap(({ driver: { driverId, usesApp }, from, to }) => {
      const drive = (drives: boolean, at: Instant) => ({
        at,
        run: async () => void (await changeArgo(deps, car, { type: 'drive', driverId, drives, at })),
      });
      return usesApp ? [drive(true, from), drive(false, to)] : [];
    }),
  ].toSorted((a, b) => a.at - b.at);

  const end = (known.at(-1)?.at ?? 0) + aftermath;
  for (let n = 0; n < known.length || (timers[0] ?? never).at <= end; ) {
    const [next, timer] = [known[n] ?? never, timers[0] ?? never];
    if (timer.at <= next.at) timers.shift();
    else n += 1;
    await (timer.at <= next.at ? timer : next).run();
    for (let write = news.shift(); write; write = news.shift()) await hear(write);
  }

  const ended: readonly (readonly Ended[])[] = await Promise.all(
    [...scans].map(async ([orderId, scan]) => {
      const { state: order } = await store.load(ezpayRef(orderId as OrderId));
      // Nothing was known of the car yet: the code was refused.
      if (!order) return [];
      const { provedAt, unproven, judgements } = about(orderId);
      const confirmed = order.status === 'CONFIRMED' ? order : undefined;
      return [
        {
          orderId: orderId as OrderId,
          scan,
          order,
          witness: confirmed?.witness.by,
          waitedMs: confirmed && confirmed.at - order.scannedAt,
          wronglyFailed: isWronglyFailed(order),
          provedAt: order.trip ? provedAt : undefined,
          judgements,
          unproven: unproven === true,
        },
      ];
    }),
  );
  return ended.flat();
};

/** As the meter's worker hands a message to the car. */
const deliver = (deps: EzPayDeps, { car, device, message, arrivesAt }: Delivery) => {
  const { kind, sequence, boot, position } = message;
  const times = { deviceTime: instant(message.deviceTime), receivedAt: arrivesAt };
  if (kind !== 'PING') {
    const event = { device, ...(boot === undefined ? {} : { boot }), sequence, kind, ...times };
    return changeArgo(deps, car, { type: 'report', event, position, at: arrivesAt });
  }
  if (!position) throw new Error('a position is missing');
  return changeArgo(deps, car, { type: 'ping', position, seenAt: placeOf(times), at: arrivesAt });
};
