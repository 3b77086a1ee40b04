/** What each route of EzPay does: authorise where the order or car is known, one command, answer. */
import { carOf } from '../dispatch/commands.ts';
import { log } from '../kernel/log.ts';
import { has, type Principal } from '../kernel/principal.ts';
import { refusal } from '../kernel/problem.ts';
import type { Endpoints, HttpAnswer, HttpRequest } from '../kernel/route.ts';
import { after, type CarId, type DriverId, type Instant, iso, type OrderId, type RiderId } from '../kernel/types.ts';
import type { Variants } from '../platform/variants.ts';
import { argoRef } from './argo.ts';
import { carOfScan, shiftOf, signCode } from './codes.ts';
import { answerScan, type EzPayDeps, notYourCar, scanCar } from './commands.ts';
import type { answers, OrderView } from './ezpay.answers.ts';
import { refusals } from './ezpay.decider.ts';
import type { routes } from './ezpay.routes.ts';
import type { ScanBody } from './ezpay.schemas.ts';
import { type EzPay, ezpayRef, hasFailed, legacyState, type ScanRequest } from './ezpay.ts';
import { argoView, askingView, orderView } from './ezpay.view.ts';
import type { CodeSettings } from './settings.ts';
import { refusalOf } from './texts.ts';

type ScansDeps = EzPayDeps & {
  readonly nextOrderId: (at: Instant) => Promise<OrderId>;
  readonly variants: Variants;
  readonly codes: CodeSettings;
  readonly windows: { readonly confirmMs: number; readonly answerMs: number };
};

export const endpoints = (deps: ScansDeps): Endpoints<typeof routes, typeof answers> => ({
  'POST /ezpay': async ({ principal, body, at }) => {
    const keys = body.code === undefined ? [] : ((await deps.codes.keys?.()) ?? []);
    const checked = carOfScan(body, { policy: deps.codes.policy, keys }, at);
    if ('refused' in checked) {
      log.warn('Code refused', { command: 'scan', outcome: 'refused', code: checked.refused }, { EzPayCodeRefused: 1 });
      throw refusal(refusalOf(checked.refused, 422));
    }
    const scanned = await scanCar(deps, await scanRequestFrom(deps, { body, principal, at }, checked.car));
    if (scanned.outcome === 'refused') {
      log.warn('Decided', { command: 'scan', car: checked.car, outcome: 'refused', code: scanned.refusal.code });
      throw refusal(scanned.refusal);
    }
    report(scanned.order, scanned.outcome === 'created' ? scanned : undefined);
    return answer(scanned.order, scanned.version, scanned.outcome === 'created' ? 201 : 200);
  },

  'GET /ezpay/{id}': async ({ principal, params }) => {
    // Read together, so that the time of the answer does not show whether the order exists.
    const [{ state, version }, car] = await Promise.all([
      deps.store.load(ezpayRef(params.id)),
      carOfDriver(deps, principal),
    ]);
    if (!state || !maySee(principal, car, state)) throw refusal(refusals.unknown);
    return { status: 200, body: orderView(state, version) };
  },

  'POST /ezpay/{id}/confirm': async ({ principal, params, body, at }) => {
    const { confirmed } = body;
    const driverId = principal.sub as DriverId;
    const { decision, state, version } = await answerScan(deps, params.id, { driverId, confirmed, at });
    const fields = { orderId: params.id, command: 'answer', driverId, confirmed, outcome: decision.outcome };
    log.info('Decided', fields, { EzPayDriverAnswered: 1 });
    if (decision.outcome === 'refused') throw refusal(decision.refusal);
    if (!state) throw refusal(refusals.unknown);
    return { status: 200, body: orderView(state, version) };
  },

  'GET /cars/{car}/code': async ({ principal, params, at }) => {
    const [car, driverId] = [params.car, principal.sub as DriverId];
    if ((await carOf(deps, driverId)) !== car) throw refusal(notYourCar);
    const { keys, lifetimeMs } = deps.codes;
    const [key] = (await keys?.()) ?? [];
    if (!key) throw refusal(noCodes);
    const [refreshAt, expiresAt] = [after(at, lifetimeMs / 2), after(at, lifetimeMs)];
    const code = signCode({ car, shift: shiftOf(driverId), expiresAt }, key);
    const view = { car, code, refreshAt: iso(refreshAt), expiresAt: iso(expiresAt) };
    return { status: 200, body: view, headers: { 'cache-control': 'no-store' } };
  },

  'GET /cars/{car}/argo': async ({ principal, params, at }) => {
    const car = params.car;
    if (!has(principal, 'operator') && (await carOf(deps, principal.sub as DriverId)) !== car)
      throw refusal(notYourCar);
    const [{ state, version }, asking] = await Promise.all([deps.store.load(argoRef(car)), askingIn(deps, car, at)]);
    if (!state) throw refusal(refusalOf('CAR_UNKNOWN', 404));
    return { status: 200, body: { ...argoView(state, version), asking } };
  },
});

/** The scans of a car that await its driver's answer; a late deadline may leave one open longer than the windows. */
const askingIn = async ({ store, waitingIn, windows }: ScansDeps, car: CarId, at: Instant) => {
  const orders = await waitingIn(car, at, after(at, -2 * (windows.confirmMs + windows.answerMs)));
  const loaded = await Promise.all(orders.map((orderId) => store.load(ezpayRef(orderId))));
  return loaded.flatMap(({ state, version }) => (state?.status === 'ASKING' ? [askingView(state, version)] : []));
};

export const noCodes = {
  code: 'CODES_NOT_USED',
  message: 'The cars of this stage have stickers; there is no code to show.',
  status: 404,
} as const;

type ScanContext = Pick<HttpRequest, 'principal' | 'at'> & { readonly body: ScanBody };

const scanRequestFrom = async (
  { nextOrderId, variants, windows }: ScansDeps,
  { body, principal, at }: ScanContext,
  car: CarId,
): Promise<ScanRequest> => {
  const orderId = await nextOrderId(at);
  return {
    orderId,
    customerId: principal.sub as RiderId,
    car,
    paymentMethod: body.paymentMethod,
    scannedAt: at,
    mode: await variants('ezpay-mode', orderId),
    windowMs: windows.confirmMs,
    answerMs: windows.answerMs,
  };
};

const answer = (order: EzPay, version: number, status: 200 | 201): HttpAnswer<OrderView, 200 | 201> => {
  if (order.status === 'REFUSED') {
    const reason = refusalOf(order.reason, 409);
    throw refusal({ ...reason, extra: { ...reason.extra, orderId: order.orderId, legacyState: legacyState(order) } });
  }
  return { status, body: orderView(order, version), headers: { location: `/ezpay/${order.orderId}` } };
};

const carOfDriver = async (deps: ScansDeps, principal: Principal): Promise<CarId | undefined> =>
  has(principal, 'driver') ? carOf(deps, principal.sub as DriverId) : undefined;

const maySee = (principal: Principal, car: CarId | undefined, order: EzPay): boolean =>
  has(principal, 'operator') || (has(principal, 'rider') && order.customerId === principal.sub) || car === order.car;

/** One line per scan; operators look for grace and repeated failures. */
const report = (order: EzPay, created: { readonly previous: EzPay | undefined } | undefined): void => {
  const fields = { orderId: order.orderId, command: 'scan', car: order.car, mode: order.mode, status: order.status };
  if (!created) {
    log.info('Decided', { ...fields, outcome: 'nothing', reason: 'repeated' }, { EzPayScanRepeated: 1 });
    return;
  }
  const again = created.previous && hasFailed(created.previous) && hasFailed(order);
  const metrics = { EzPayScanned: 1, ...(again ? { EzPayRepeatedFailure: 1 } : {}) };
  log.info('Decided', { ...fields, outcome: 'happened' }, metrics);
  if (order.status !== 'CONFIRMED' || order.witness.by !== 'grace') return;
  const { orderId, car, witness } = order;
  log.warn('Confirmed by grace', { orderId, car, recentOrderId: witness.orderId }, { EzPayGrace: 1 });
};
