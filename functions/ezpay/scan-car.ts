/** Scans a car: one transaction of scan, key and marker, and, if it is confirmed at once, of its order and driver. */
import { type Refused, refused } from '../kernel/decision.ts';
import { Conflict } from '../kernel/errors.ts';
import { after, type OrderId } from '../kernel/types.ts';
import type { IdempotencyKey } from '../platform/idempotency.ts';
import { argoRef } from './argo.ts';
import type { EzPayDeps } from './commands.ts';
import { changesWith } from './confirmed.ts';
import { type EzPay, ezpayRef, isOngoing, isOpen, type Scan, type ScanRequest } from './ezpay.ts';
import { scan } from './scan.decider.ts';
import { refusalOf } from './texts.ts';
import { markerOf } from './waiting-scans.store.ts';

/** How long a recent successful order in the car counts for the next. */
export const graceMs = 2 * 60_000;
const keyLifetime = 24 * 3_600_000;
const attempts = 5;
const mostOtherCars = 3;

type Found = { readonly order: EzPay; readonly version: number };
export type Scanned =
  | ({ readonly outcome: 'created'; readonly previous: EzPay | undefined } & Found)
  | ({ readonly outcome: 'repeated' } & Found)
  | Refused;

/** One key per customer, which names the car: a scan there finds the first one, elsewhere the one it replaces. */
const keyOf = ({ customerId, car, scannedAt }: Scan, replaces: OrderId | undefined): IdempotencyKey => ({
  scope: 'ezpay',
  id: customerId,
  fingerprint: car,
  expiresAt: after(scannedAt, keyLifetime),
  ...(replaces ? { replaces } : {}),
});

export const scanCar = async (
  { store, predictor }: Pick<EzPayDeps, 'store' | 'predictor'>,
  request: ScanRequest,
): Promise<Scanned> => {
  const { orderId, car, scannedAt } = request;
  const [{ state: argo }, predict] = await Promise.all([store.load(argoRef(car)), predictor(orderId)]);
  if (!argo) return refused(refusalOf('CAR_UNKNOWN', 404));
  const prediction = predict(argo, scannedAt, scannedAt);
  let previous: EzPay | undefined;
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const scanning = withOtherCars(request, previous);
    const decision = scan({ type: 'scan', scan: scanning, argo, graceMs, prediction });
    const key = keyOf(scanning, previous?.orderId);
    const changes = changesWith(decision.state, argo.driver?.driverId);
    const along = { markers: [markerOf(scanning)], changes };
    const created = await store.create(ezpayRef(orderId), decision, key, along);
    if (created.outcome === 'created') return { outcome: 'created', order: decision.state, version: 1, previous };
    const { state, version } = await store.load(ezpayRef(created.id as OrderId));
    if (!state) throw new Error(`the key of a customer leads to ${created.id}, which is not there`);
    if (created.outcome === 'repeated' && isOngoing(state, scannedAt))
      return { outcome: 'repeated', order: state, version };
    const ongoing = await ongoingOrder({ store }, request, state.beside);
    if (ongoing) return { outcome: 'repeated', ...ongoing };
    previous = state;
  }
  throw new Conflict(`the scans of one customer in ${car} met ${attempts} times`);
};

/** A waiting order in another car is superseded, a confirmed one stays next to the new one. */
const withOtherCars = (request: ScanRequest, previous: EzPay | undefined): Scan => {
  if (!previous) return request;
  const isHere = previous.car === request.car;
  const isSuperseded = !isHere && isOpen(previous);
  const isKept = !isHere && !isSuperseded && isOngoing(previous, request.scannedAt);
  const others = [...(isKept ? [previous.orderId] : []), ...(previous.beside ?? [])].slice(0, mostOtherCars);
  return {
    ...request,
    ...(isSuperseded ? { supersedes: previous.orderId } : {}),
    ...(others.length > 0 ? { beside: others } : {}),
  };
};

/** The customer scanned this car, then another, and is back: their order in this car, while it is ongoing. */
const ongoingOrder = async (
  { store }: Pick<EzPayDeps, 'store'>,
  { car, scannedAt }: ScanRequest,
  others: readonly OrderId[] = [],
): Promise<Found | undefined> => {
  const loaded = await Promise.all(others.map((orderId) => store.load(ezpayRef(orderId))));
  return loaded
    .flatMap(({ state, version }) => (state ? [{ order: state, version }] : []))
    .find(({ order }) => order.car === car && isOngoing(order, scannedAt));
};
