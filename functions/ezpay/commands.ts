/** What can be asked of EzPay, by its own routes and workers and by other contexts. Each command is load, decide, one write. */
import { carOf } from '../dispatch/commands.ts';
import type { Outcome } from '../kernel/aggregate.ts';
import { type Refused, refused } from '../kernel/decision.ts';
import { Conflict } from '../kernel/errors.ts';
import { after, type CarId, type DriverId, type Instant, type OrderId } from '../kernel/types.ts';
import { type Deadline, deadlineOf } from '../platform/deadlines.ts';
import { required } from '../platform/env.ts';
import type { FlagPorts } from '../platform/flag-file.ts';
import { flagSource } from '../platform/flags.ts';
import { holds } from '../platform/holds.store.ts';
import type { IdempotencyKey } from '../platform/idempotency.ts';
import type { Env } from '../platform/ports.ts';
import { type Store, type StorePorts, store } from '../platform/store.ts';
import { type ArgoCommand, decide as decideArgo } from './argo.decider.ts';
import { type Argo, type ArgoFact, argoRef } from './argo.ts';
import { type Answer, decide, type EzPayCommand, refusals, scan } from './ezpay.decider.ts';
import { type EzPay, type EzPayFact, ezpayIn, ezpayRef, isOpen, type Scan, stillGoes } from './ezpay.ts';
import { flaggedPredictor } from './predictor.flag.ts';
import type { Prediction } from './predictor.ts';
import { textOf } from './texts.ts';
import { markerOf, type WaitingIn, waitingIn } from './waiting-scans.store.ts';

/** The probability that the argo runs for a scan, from what is known of the car at a moment. */
export type Predict = (argo: Argo, scannedAt: Instant, at: Instant) => Prediction;
/** How an order is judged at this moment: whether the predictor may shorten its wait can change while it waits. */
export type Predictor = (orderId: OrderId) => Promise<Predict>;

export type EzPayDeps = {
  readonly store: Store;
  readonly waitingIn: WaitingIn;
  readonly predictor?: Predictor | undefined;
};

export const ezpayDeps = (ports: StorePorts & FlagPorts, env: Env): EzPayDeps => {
  const table = required(env, 'STATE_TABLE');
  return {
    store: store(ports, table),
    waitingIn: waitingIn(ports.dynamo, table),
    predictor: flaggedPredictor({ flags: flagSource(ports, env), isHeld: holds(ports, table).isHeld }),
  };
};

/** The deadlines of scans. */
export const ezpayDeadlines = (deps: EzPayDeps): readonly Deadline[] => [
  deadlineOf(ezpayIn, (orderId, at) => ezpayDeadline(deps, orderId, at)),
];

export type { EzPay } from './ezpay.ts';
export { type ArgoEvent, type ScanEvent, type ScanRecords, scanRecords } from './scan-records.store.ts';

/** The scan as it stands, for the context that asks about its order. */
export const ezpayOf = async ({ store }: Pick<EzPayDeps, 'store'>, orderId: OrderId): Promise<EzPay | undefined> =>
  (await store.load(ezpayRef(orderId))).state;

/** How long a recent successful order in the car speaks for the next. */
export const graceMs = 2 * 60_000;
const keyLifetime = 24 * 3_600_000;
const attempts = 5;

/** A scan before it is known what else its customer has. */
export type Wanted = Omit<Scan, 'supersedes' | 'beside'>;
export type Scanned =
  | {
      readonly outcome: 'created';
      readonly order: EzPay;
      readonly version: number;
      readonly previous: EzPay | undefined;
    }
  | { readonly outcome: 'repeated'; readonly order: EzPay; readonly version: number }
  | Refused;

/** One key per customer, which names the car: his second scan there finds the first, a scan in another car finds what it gives up. */
const keyOf = ({ customerId, car, scannedAt }: Scan, replaces: OrderId | undefined): IdempotencyKey => ({
  scope: 'ezpay',
  id: customerId,
  fingerprint: car,
  expiresAt: after(scannedAt, keyLifetime),
  ...(replaces ? { replaces } : {}),
});

/** Scans a car: one read of it, one transaction of order, key and marker. Only a customer who scanned before costs one read more. */
export const scanCar = async (
  { store, predictor }: Pick<EzPayDeps, 'store' | 'predictor'>,
  wanted: Wanted,
): Promise<Scanned> => {
  const [{ state: argo }, predict] = await Promise.all([store.load(argoRef(wanted.car)), predictor?.(wanted.orderId)]);
  if (!argo) return refused(carUnknown);
  const prediction = predict?.(argo, wanted.scannedAt, wanted.scannedAt);
  let previous: Going | undefined;
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const scanning = besideOthers(wanted, previous?.order);
    const decision = scan({ type: 'scan', scan: scanning, argo, graceMs, prediction });
    const created = await store.create(ezpayRef(wanted.orderId), decision, keyOf(scanning, previous?.order.orderId), [
      markerOf(scanning),
    ]);
    if (created.outcome === 'created')
      return { outcome: 'created', order: decision.state, version: 1, previous: previous?.order };
    const { state, version } = await store.load(ezpayRef(created.id as OrderId));
    if (!state) throw new Error(`the key of a customer leads to ${created.id}, which is not there`);
    if (created.outcome === 'repeated' && stillGoes(state, wanted.scannedAt))
      return { outcome: 'repeated', order: state, version };
    const going = await stillGoingIn(store, wanted, state);
    if (going) return { outcome: 'repeated', ...going };
    previous = { order: state, version };
  }
  throw new Conflict(`the scans of one customer in ${wanted.car} met ${attempts} times`);
};

const mostBeside = 3;

/** What becomes of the customer's order in another car: one that waits is given up, a confirmed one goes on beside the new one. */
const besideOthers = (wanted: Wanted, previous: EzPay | undefined): Scan => {
  if (!previous || previous.car === wanted.car)
    return previous?.beside ? { ...wanted, beside: previous.beside } : wanted;
  if (isOpen(previous))
    return { ...wanted, supersedes: previous.orderId, ...(previous.beside ? { beside: previous.beside } : {}) };
  const going = stillGoes(previous, wanted.scannedAt) ? [previous.orderId] : [];
  const beside = [...going, ...(previous.beside ?? [])].slice(0, mostBeside);
  return beside.length > 0 ? { ...wanted, beside } : wanted;
};

/** He scanned this car, then another, and is back: his order in this car, while it goes. */
const stillGoingIn = async (store: Store, wanted: Wanted, { beside = [] }: EzPay): Promise<Going | undefined> => {
  const found = await Promise.all(beside.map((orderId) => store.load(ezpayRef(orderId))));
  const going = found.find(({ state }) => state?.car === wanted.car && stillGoes(state, wanted.scannedAt));
  return going?.state && { order: going.state, version: going.version };
};
type Going = { readonly order: EzPay; readonly version: number };

export const carUnknown = { ...describe('CAR_UNKNOWN'), status: 404 } as const;
/** The same for a car that is not there: who does not drive it does not learn whether there is one. */
export const notYourCar = { ...describe('NOT_YOUR_CAR'), status: 404 } as const;

function describe(code: Parameters<typeof textOf>[0]) {
  const { message, actions } = textOf(code);
  return { code, message: message.en, extra: { message, actions } };
}

export const changeArgo = (
  { store }: Pick<EzPayDeps, 'store'>,
  car: CarId,
  command: ArgoCommand,
): Promise<Outcome<Argo, ArgoFact>> => store.transition(argoRef(car), (argo) => decideArgo(command, car, argo));

/** The event names the driver of its moment. Only an open order has news for a driver, so only then is the car read. */
const changeOrder = async (
  deps: Pick<EzPayDeps, 'store'>,
  orderId: OrderId,
  command: Extract<EzPayCommand, { type: 'supersede' | 'deadline' }>,
): Promise<Outcome<EzPay, EzPayFact>> => {
  const loaded = await deps.store.load(ezpayRef(orderId));
  const drivenBy = loaded.state && isOpen(loaded.state) ? await driverOf(deps, loaded.state.car) : undefined;
  return deps.store.transition(ezpayRef(orderId), (order) => decide({ ...command, drivenBy }, order), loaded);
};

export const supersede = (deps: Pick<EzPayDeps, 'store'>, orderId: OrderId, by: OrderId, at: Instant) =>
  changeOrder(deps, orderId, { type: 'supersede', by, at });

/** The deadline of an order: the driver is asked, or the order is cancelled. */
export const ezpayDeadline = (deps: Pick<EzPayDeps, 'store'>, orderId: OrderId, at: Instant) =>
  changeOrder(deps, orderId, { type: 'deadline', at });

/** The driver's word counts for the car he drives. */
export const answerScan = async (
  deps: Pick<EzPayDeps, 'store'>,
  orderId: OrderId,
  command: Omit<Answer, 'type'>,
): Promise<Outcome<EzPay, EzPayFact>> => {
  const [loaded, car] = await Promise.all([deps.store.load(ezpayRef(orderId)), carOf(deps, command.driverId)]);
  if (loaded.state && loaded.state.car !== car)
    return { ...loaded, decision: refused({ ...notYourCar, shownAs: refusals.unknown }) };
  return deps.store.transition(ezpayRef(orderId), (order) => decide({ type: 'answer', ...command }, order), loaded);
};

/**
 * Joins an order with what the car has reported. The car is read again after each change, so that of two workers with an older and a newer
 * reading the newer has the last word.
 */
export const joinOrder = async (
  { store, predictor }: Pick<EzPayDeps, 'store' | 'predictor'>,
  car: CarId,
  orderId: OrderId,
  at: Instant,
): Promise<void> => {
  const predict = await predictor?.(orderId);
  let joined: number | undefined;
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const { state: argo, version } = await store.load(argoRef(car));
    if (!argo || version === joined) return;
    const { decision } = await store.transition(ezpayRef(orderId), (order) =>
      decide(
        {
          type: 'join',
          argo,
          at,
          prediction: order && isOpen(order) ? predict?.(argo, order.scannedAt, at) : undefined,
        },
        order,
      ),
    );
    if (decision.outcome !== 'happened') return;
    joined = version;
  }
  throw new Conflict(`the reports of ${car} changed ${attempts} times while ${orderId} was joined`);
};

/** Joins every order of the car that a report may concern. */
export const joinCar = async (deps: EzPayDeps, car: CarId, at: Instant): Promise<number> => {
  const orders = await deps.waitingIn(car, at);
  await Promise.all(orders.map((orderId) => joinOrder(deps, car, orderId, at)));
  return orders.length;
};

export const driverOf = async ({ store }: Pick<EzPayDeps, 'store'>, car: CarId): Promise<DriverId | undefined> =>
  (await store.load(argoRef(car))).state?.driver?.driverId;
