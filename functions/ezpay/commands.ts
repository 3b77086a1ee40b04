/** The commands of EzPay, for its routes and workers and for other contexts. Each is load, decide, one write. */
import { carOf } from '../dispatch/commands.ts';
import type { Outcome } from '../kernel/aggregate.ts';
import { refused } from '../kernel/decision.ts';
import { Conflict } from '../kernel/errors.ts';
import type { CarId, DriverId, Instant, OrderId } from '../kernel/types.ts';
import { type Deadline, deadlineOf } from '../platform/deadlines.ts';
import { required } from '../platform/env.ts';
import type { FlagPorts } from '../platform/flag-file.ts';
import { flagSource } from '../platform/flags.ts';
import { holds } from '../platform/holds.store.ts';
import type { Env } from '../platform/ports.ts';
import { type Store, type StorePorts, store } from '../platform/store.ts';
import { type ArgoCommand, decide as decideArgo } from './argo.decider.ts';
import { type Argo, type ArgoFact, argoRef } from './argo.ts';
import { changeScan } from './change-scan.ts';
import { type Answer, decide, type EzPayCommand, refusals } from './ezpay.decider.ts';
import { type EzPay, type EzPayFact, ezpayIn, ezpayRef, isOpen } from './ezpay.ts';
import { flaggedPredictor, type Predictor } from './predictor.flag.ts';
import { refusalOf } from './texts.ts';
import { type WaitingIn, waitingIn } from './waiting-scans.store.ts';

export { tripOfScan } from './confirmed.ts';
export type { EzPay } from './ezpay.ts';
export { scanCar } from './scan-car.ts';
export { type ArgoEvent, type ScanEvent, type ScanRecords, scanRecords } from './scan-records.store.ts';

export type EzPayDeps = { readonly store: Store; readonly waitingIn: WaitingIn; readonly predictor: Predictor };
type StoreDeps = Pick<EzPayDeps, 'store'>;

const attempts = 5;

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

/** The scan behind an order. */
export const ezpayOf = async ({ store }: StoreDeps, orderId: OrderId): Promise<EzPay | undefined> =>
  (await store.load(ezpayRef(orderId))).state;

/** The same for an unknown car: only its driver learns whether it exists. */
export const notYourCar = refusalOf('NOT_YOUR_CAR', 404);

export const changeArgo = ({ store }: StoreDeps, car: CarId, command: ArgoCommand): Promise<Outcome<Argo, ArgoFact>> =>
  store.transition(argoRef(car), (argo) => decideArgo(command, car, argo));

/** The event names the driver of its moment. The car is read only for an open order: no other has such an event. */
const changeOrder = async (
  deps: StoreDeps,
  orderId: OrderId,
  command: Extract<EzPayCommand, { type: 'supersede' | 'deadline' }>,
): Promise<Outcome<EzPay, EzPayFact>> => {
  const loaded = await deps.store.load(ezpayRef(orderId));
  const drivenBy = loaded.state && isOpen(loaded.state) ? await driverOf(deps, loaded.state.car) : undefined;
  return deps.store.transition(ezpayRef(orderId), (order) => decide({ ...command, drivenBy }, order), loaded);
};

export const supersede = (deps: StoreDeps, orderId: OrderId, by: OrderId, at: Instant) =>
  changeOrder(deps, orderId, { type: 'supersede', by, at });

export const ezpayDeadline = (deps: StoreDeps, orderId: OrderId, at: Instant) =>
  changeOrder(deps, orderId, { type: 'deadline', at });

/** The driver answers for the car they drive. */
export const answerScan = async (
  deps: StoreDeps,
  orderId: OrderId,
  command: Answer,
): Promise<Outcome<EzPay, EzPayFact>> => {
  const [loaded, car] = await Promise.all([deps.store.load(ezpayRef(orderId)), carOf(deps, command.driverId)]);
  if (loaded.state && loaded.state.car !== car)
    return { ...loaded, decision: refused({ ...notYourCar, shownAs: refusals.unknown }) };
  const change = { orderId, drivenBy: command.driverId };
  return changeScan(deps.store, { ...change, decide: (scan) => decide({ type: 'answer', ...command }, scan) }, loaded);
};

/**
 * Joins an order with the reports of its car. The car is read again after each change, so that of two workers the one
 * with the newer reading writes last.
 */
export const joinOrder = async (
  { store, predictor }: Pick<EzPayDeps, 'store' | 'predictor'>,
  car: CarId,
  orderId: OrderId,
  at: Instant,
): Promise<EzPay | undefined> => {
  const predict = await predictor(orderId);
  let joined: number | undefined;
  let scan: EzPay | undefined;
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const { state: argo, version } = await store.load(argoRef(car));
    if (!argo || version === joined) return scan;
    const { decision, state } = await changeScan(store, {
      orderId,
      drivenBy: argo.driver?.driverId,
      decide: (order) => {
        const prediction = order && isOpen(order) ? predict(argo, order.scannedAt, at) : undefined;
        return decide({ type: 'join', argo, at, prediction }, order);
      },
    });
    scan = state;
    if (decision.outcome !== 'happened') return scan;
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

export const driverOf = async ({ store }: StoreDeps, car: CarId): Promise<DriverId | undefined> =>
  (await store.load(argoRef(car))).state?.driver?.driverId;
