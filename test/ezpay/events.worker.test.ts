/** The worker of the ezpay queue: what each event counts, and what the car remembers of it. */
import { beforeEach, describe, expect, it } from 'vitest';
import { carLeft, carTaken } from '../../events/driver.ts';
import * as events from '../../events/ezpay.ts';
import { argoRef } from '../../functions/ezpay/argo.ts';
import { changeArgo, ezpayDeps } from '../../functions/ezpay/commands.ts';
import { compose } from '../../functions/ezpay/events.compose.ts';
import type { Fact } from '../../functions/kernel/decision.ts';
import { iso } from '../../functions/kernel/types.ts';
import { at, car, customer, driver, orderId, otherCar, start } from '../support/ezpay.ts';
import { logLines } from '../support/log.ts';
import { env, testPorts } from '../support/ports.ts';
import { delivered } from '../support/queue.ts';

const lines = logLines();
const scan = { orderId: orderId(1), riderId: customer, car, mode: 'async', scannedAt: iso(start) } as const;
const failed = { ...scan, legacyState: -2 } as const;
const passed = { ...scan, legacyState: 2 } as const;
const confirmed = { ...scan, paymentMethod: 'gopay', waitedMs: 180_000 } as const;
const judgement = { probability: 0.99, model: 'v1', evidence: { waited: 0, hour: 3, lags: [] } };

const street = async () => {
  const { ports, clock, messagesTo } = testPorts();
  clock.set(at(3));
  const worker = compose(ports, env);
  const deps = ezpayDeps(ports, env);
  await changeArgo(deps, car, { type: 'ping', position: { lat: -6.2, lng: 106.8 }, seenAt: at(-5), at: at(-5) });
  return {
    deps,
    deliver: async ({ type, data }: Fact, minutes = 3) => {
      const event = { id: `${scan.orderId}/EZPAY/2`, version: 2, at: iso(at(minutes)), type, ...data };
      expect(await worker(delivered([event]))).toEqual({ batchItemFailures: [] });
      expect(messagesTo('own-dead-letters')).toEqual([]);
    },
    carState: async (which = car) => (await deps.store.load(argoRef(which))).state,
  };
};
let world: Awaited<ReturnType<typeof street>>;
beforeEach(async () => {
  world = await street();
});

/** The metrics of all lines together. */
const metrics = (): object =>
  Object.fromEntries(
    lines.all().flatMap((line) => Object.entries(line).filter(([name]) => /^(EzPay|Argo)[A-Z]/.test(name))),
  );

const lag = { EzPayArgoLag: 180_000 };
const success = { EzPayConfirmed: 1, EzPayFailed: 0, EzPayArgoNotStarted: 0, EzPayWaitLatency: 180_000 };
const notStarted = { EzPayFailed: 1, EzPayArgoNotStarted: 1 };
/** Of one scan: whether the car has an order of it, and its record. */
type Remembered = { readonly confirmed?: boolean; readonly record?: { scans: number; unproven: number } };
const proven = { scans: 1, unproven: 0 };
const unproven = { scans: 1, unproven: 1 };

const cases: readonly (readonly [string, Fact, object, Remembered])[] = [
  [
    'a confirmation by the argo',
    events.ezpayConfirmed({ ...confirmed, by: 'argo' }),
    { ...success, ...lag },
    { confirmed: true, record: proven },
  ],
  [
    'a confirmation by the driver',
    events.ezpayConfirmed({ ...confirmed, by: 'driver' }),
    success,
    { confirmed: true, record: unproven },
  ],
  ['a confirmation by grace', events.ezpayConfirmed({ ...confirmed, by: 'grace' }), success, { confirmed: true }],
  ['a refusal', events.ezpayRefused({ ...scan, reason: 'ARGO_NOT_STARTED' }), notStarted, { confirmed: false }],
  [
    'a cancellation without the argo',
    events.ezpayCancelled({ ...failed, reason: 'ARGO_NOT_STARTED' }),
    notStarted,
    { confirmed: false, record: unproven },
  ],
  [
    'a denied trip',
    events.ezpayCancelled({ ...failed, reason: 'DRIVER_DENIED' }),
    { EzPayFailed: 1, EzPayArgoNotStarted: 0, EzPayDriverDenied: 1 },
    { confirmed: false, record: unproven },
  ],
  [
    'a scan in another car',
    events.ezpayCancelled({ ...failed, reason: 'SCANNED_OTHER_CAR' }),
    { EzPaySuperseded: 1 },
    { confirmed: false },
  ],
  ['a wrongly failed order', events.ezpayWronglyFailed(failed), { EzPayWronglyFailed: 1, ...lag }, {}],
  ['a contradiction of grace', events.ezpayContradicted({ ...passed, by: 'grace' }), { EzPayContradicted: 1 }, {}],
  [
    'a contradiction of the predictor',
    events.ezpayContradicted({ ...passed, by: 'predictor' }),
    { EzPayContradicted: 1, EzPayPredictorWrong: 1 },
    {},
  ],
  [
    'an unproven confirmation',
    events.ezpayUnproven({ ...passed, by: 'predictor', probability: 0.99, model: 'v1' }),
    { EzPayPredictorWrong: 1 },
    { confirmed: true, record: unproven },
  ],
  [
    'a proof of the predictor',
    events.ezpayVerified({ ...passed, by: 'predictor' }),
    { EzPayVerified: 1, EzPayPredictorWrong: 0, ...lag },
    { confirmed: true, record: proven },
  ],
  ['a proof of grace', events.ezpayVerified({ ...passed, by: 'grace' }), { EzPayVerified: 1, ...lag }, {}],
  ['a rightly failed order', events.ezpayRightlyFailed(failed), {}, {}],
  ['a judgement', events.ezpayJudged({ ...scan, legacyState: 1, ...judgement }), {}, {}],
  [
    'a question to the driver',
    events.ezpayConfirmationRequested({ ...scan, legacyState: 1, cancelAt: iso(at(15)) }),
    {},
    {},
  ],
  ['the end of a trip', events.ezpayTripEnded(passed), {}, {}],
];

describe('the worker of the ezpay queue', () => {
  it.each(cases)('[EZP-9] counts %s', async (_, fact, counted) => {
    await world.deliver(fact);
    expect(metrics()).toEqual(counted);
  });

  it.each(cases)('[EZP-11] remembers %s with the car', async (_, fact, __, remembered) => {
    await world.deliver(fact);
    const { orders = [], record } = (await world.carState()) ?? { car, events: [] };
    const outcomes = orders.map((order) => order.confirmed);
    expect(outcomes).toEqual(remembered.confirmed === undefined ? [] : [remembered.confirmed]);
    expect(record).toEqual(remembered.record);
  });

  it('[EZP-9] warns of a car of whose six latest orders half failed', async () => {
    for (let n = 1; n <= 6; n += 1) {
      const data = { ...scan, orderId: orderId(n) };
      const fact =
        n % 2 === 0
          ? events.ezpayRefused({ ...data, reason: 'ARGO_NOT_STARTED' })
          : events.ezpayConfirmed({ ...confirmed, orderId: orderId(n), by: 'argo' });
      await world.deliver(fact, n);
      expect(lines.named('Car fails often')).toHaveLength(n < 6 ? 0 : 1);
    }
    expect(lines.named('Car fails often')).toMatchObject([{ car, orderId: orderId(6), rate: 0.5, EzPayCarFailing: 1 }]);
  });

  it('[EZP-10] a driver who takes another car leaves the one before', async () => {
    await world.deliver(carTaken({ driverId: driver, car }), 1);
    expect((await world.carState())?.driver).toEqual({ driverId: driver, since: at(1) });
    await world.deliver(carTaken({ driverId: driver, car: otherCar, left: car }), 2);
    expect((await world.carState())?.driver).toBeUndefined();
    expect((await world.carState(otherCar))?.driver).toEqual({ driverId: driver, since: at(2) });
    await world.deliver(carLeft({ driverId: driver, car: otherCar }), 3);
    expect((await world.carState(otherCar))?.driver).toBeUndefined();
  });
});
