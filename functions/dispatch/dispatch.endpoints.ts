/** What each route of dispatch does: authorise where the ride is known, one command, answer. */
import type { Outcome } from '../kernel/aggregate.ts';
import { type Fields, log } from '../kernel/log.ts';
import type { Metrics } from '../kernel/metrics.ts';
import { has } from '../kernel/principal.ts';
import { keyReused, refusal } from '../kernel/problem.ts';
import type { Endpoints, HttpAnswer, HttpRequest } from '../kernel/route.ts';
import { rupiah } from '../kernel/rupiah.ts';
import { after, type DriverId, type Instant, type OrderId, type RiderId } from '../kernel/types.ts';
import { fingerprintOf, formerFingerprintOf } from '../platform/fingerprint.ts';
import { type FlagTable, isOn } from '../platform/flags.ts';
import type { IdempotencyKey } from '../platform/idempotency.ts';
import { accept, cancel, type DispatchDeps, decline, movePickup, pickUp, reportDriver, request } from './commands.ts';
import type { answers, Changed, RideView } from './dispatch.answers.ts';
import type { routes } from './dispatch.routes.ts';
import type { RequestRide } from './dispatch.schemas.ts';
import { driverRef, newDriver } from './driver.ts';
import type { OffersByDriver } from './offers-by-driver.store.ts';
import { cancellerOf, owns, pickerOf, systemIsOperators, viewOf } from './ride.access.ts';
import { refusals } from './ride.refusals.ts';
import { isOpen, placeOf, type Ride, type RideFact, type RideRequest, rideRef } from './ride.ts';
import { driverView, openOfferView, rideView } from './ride.view.ts';
import type { CancellationPolicy } from './trip.decider.ts';

export type RidesDeps = DispatchDeps & {
  readonly cancellation: CancellationPolicy;
  readonly nextOrderId: (at: Instant) => Promise<OrderId>;
  readonly flags: () => Promise<Pick<FlagTable, 'idempotent-dispatch'>>;
  readonly offersByDriver: OffersByDriver;
};

/** How many drivers the matcher offers the ride to at the same time. */
const defaultWave = 3;
/** The longest `offerTimeoutSeconds`, and 30 s for its delivery. */
const longestOfferMs = 330_000;
const keyLifetimeMs = 30 * 24 * 3_600_000;

export const endpoints = (deps: RidesDeps): Endpoints<typeof routes, typeof answers> => ({
  'POST /rides': async ({ principal, body, text, idempotencyKey, at }) => {
    const wanted = await requestFrom(deps, body, { principal, at });
    const key = idempotencyKey ? keyOf(idempotencyKey, { principal, body, text, at }) : undefined;
    const { created, ride } = await request(deps, wanted, body.candidates, key);
    if (created.outcome === 'key-reused') throw keyReused;
    if (created.outcome === 'repeated') return repeated(deps, created.id as OrderId);
    const fields = { outcome: 'happened', status: ride.status };
    logDecision('request', ride.rideId, fields, { RideRequested: 1, IdsIssued: 1 });
    return { status: 201, body: rideView(ride, created.version), headers: { location: `/rides/${ride.rideId}` } };
  },

  'GET /rides/{id}': async ({ principal, params }) => {
    const { state, version } = await deps.store.load(rideRef(params.id));
    if (!state) throw refusal(refusals.unknown);
    const view = viewOf(principal, state);
    if (!view) throw refusal(refusals.notYours);
    return { status: 200, body: rideView(state, version, view.onlyOf) };
  },

  'POST /rides/{id}/accept': async ({ principal, params, at }) => {
    const driverId = principal.sub as DriverId;
    return answer('accept', await accept(deps, params.id, { driverId, at }), driverId, { RideAccepted: 1 });
  },

  'POST /rides/{id}/decline': async ({ principal, params, body, at }) => {
    const driverId = principal.sub as DriverId;
    const outcome = await decline(deps, params.id, { driverId, reason: body.reason, at });
    return answer('decline', outcome, driverId, { RideDeclined: 1 });
  },

  'POST /rides/{id}/cancel': async ({ principal, params, body: { reason, system }, at }) => {
    if (system && !has(principal, 'operator')) throw systemIsOperators;
    const outcome = await cancel(deps, params.id, { by: (ride) => cancellerOf(principal, ride, system), reason, at });
    const onlyOf = outcome.state && viewOf(principal, outcome.state)?.onlyOf;
    const isGivenBack = outcome.state !== undefined && isOpen(outcome.state);
    return answer('cancel', outcome, onlyOf, isGivenBack ? { RideGivenBack: 1 } : { RideCancelled: 1 });
  },

  'POST /rides/{id}/pick-up': async ({ principal, params, at }) => {
    const outcome = await pickUp(deps, params.id, { by: (ride) => pickerOf(principal, ride), at });
    const onlyOf = outcome.state && viewOf(principal, outcome.state)?.onlyOf;
    return answer('pick-up', outcome, onlyOf, { RidePickedUp: 1 });
  },

  'PATCH /rides/{id}/pickup': async ({ principal, params, body, at }) => {
    const pickup = { ...placeOf(body), sequence: body.sequence };
    const { decision, version } = await movePickup(deps, params.id, { pickup, at }, (ride) => owns(principal, ride));
    logDecision('move-pickup', params.id, outcomeFields(decision));
    if (decision.outcome === 'refused') throw refusal(decision.refusal);
    const ignored = decision.outcome === 'nothing';
    return { status: 200, body: { success: true, ignored, ...(ignored ? {} : { version }) } };
  },

  'GET /drivers/me': async ({ principal, at }) => {
    const driverId = principal.sub as DriverId;
    const [{ state: driver = newDriver(driverId) }, offered] = await Promise.all([
      deps.store.load(driverRef(driverId)),
      deps.offersByDriver(driverId, after(at, -longestOfferMs)),
    ]);
    const rides = await Promise.all(offered.map((rideId) => deps.store.load(rideRef(rideId))));
    const open = rides.flatMap(({ state, version }) => (state && openOfferView(state, version, driverId)) ?? []);
    const offers = driver.busy ? [] : open;
    return { status: 200, body: { ...driverView(driver), offers } };
  },

  'PUT /drivers/me': async ({ principal, body, at }) => {
    const driverId = principal.sub as DriverId;
    const { state = newDriver(driverId) } = await reportDriver(deps, { ...body, driverId, at });
    return { status: 200, body: driverView(state) };
  },
});

type By = Pick<HttpRequest, 'principal' | 'at'>;

const requestFrom = async (
  { nextOrderId, flags }: RidesDeps,
  body: RequestRide,
  { principal, at }: By,
): Promise<RideRequest> => {
  const [rideId, table] = await Promise.all([nextOrderId(at), flags()]);
  return {
    rideId,
    riderId: principal.sub as RiderId,
    serviceLine: body.serviceLine,
    ...(body.quote === undefined ? {} : { quote: rupiah(body.quote) }),
    pickup: { ...placeOf(body.pickup), sequence: body.pickup.sequence },
    destination: placeOf(body.destination),
    policy: body.policy,
    giveBack: body.giveBack,
    waveSize: body.waveSize ?? body.candidates?.length ?? defaultWave,
    offerTimeoutMs: body.offerTimeoutSeconds * 1_000,
    requestedAt: at,
    searchTimeoutMs: body.searchTimeoutSeconds * 1_000,
    closesAt: after(at, body.searchTimeoutSeconds * 1_000),
    candidatesFrom: body.candidates ? 'caller' : 'matcher',
    idempotentDispatch: isOn(table, 'idempotent-dispatch', rideId),
  };
};

const keyOf = (
  id: string,
  { principal, body, text, at }: By & { readonly body: unknown; readonly text: string },
): IdempotencyKey => ({
  scope: `rides:${principal.sub}`,
  id,
  fingerprint: fingerprintOf(body),
  formerFingerprint: formerFingerprintOf(text),
  expiresAt: after(at, keyLifetimeMs),
});

const repeated = async ({ store }: RidesDeps, rideId: OrderId): Promise<HttpAnswer<RideView, 200>> => {
  const { state, version } = await store.load(rideRef(rideId));
  if (!state) throw refusal(refusals.unknown);
  logDecision('request', rideId, { outcome: 'nothing', reason: 'repeated' });
  return {
    status: 200,
    body: rideView(state, version),
    headers: { location: `/rides/${rideId}`, 'idempotent-replayed': 'true' },
  };
};

const outcomeFields = (decision: Outcome<Ride, RideFact>['decision']): Fields => {
  const { outcome } = decision;
  if (outcome === 'refused') return { outcome, code: decision.refusal.code };
  return outcome === 'nothing' ? { outcome, reason: decision.reason } : { outcome };
};

const logDecision = (command: string, orderId: OrderId, fields: Fields, metrics?: Metrics): void =>
  log.info('Decided', { orderId, command, ...fields }, fields.outcome === 'happened' ? metrics : undefined);

const answer = (
  command: string,
  { decision, state, version }: Outcome<Ride, RideFact>,
  onlyOf: DriverId | undefined,
  metrics: Metrics,
): HttpAnswer<Changed, 200> => {
  if (state) logDecision(command, state.rideId, outcomeFields(decision), metrics);
  if (decision.outcome === 'refused') throw refusal(decision.refusal);
  // Stryker disable next-line ConditionalExpression: an unknown ride is refused already; types cannot tell
  if (!state) throw refusal(refusals.unknown);
  return {
    status: 200,
    body: { success: true, alreadyProcessed: decision.outcome === 'nothing', ride: rideView(state, version, onlyOf) },
  };
};
