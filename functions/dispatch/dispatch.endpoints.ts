/** What each route of dispatch does: authorise where the ride is known, one command, answer. */
import { refused } from '../kernel/decision.ts';
import { type Fields, log, type Metrics } from '../kernel/log.ts';
import type { Principal } from '../kernel/principal.ts';
import type { KeyOf } from '../kernel/route.ts';
import { after, type DriverId, type Instant, type OrderId, type RiderId } from '../kernel/types.ts';
import { fingerprintOf, formerFingerprintOf } from '../platform/fingerprint.ts';
import { type FlagTable, isOn } from '../platform/flags.ts';
import { type Endpoint, type HttpAnswer, type HttpRequest, has, Problem, refusal } from '../platform/http.ts';
import type { IdempotencyKey, Outcome } from '../platform/store.ts';
import { accept, cancel, type DispatchDeps, decline, movePickup, reportDriver, request } from './commands.ts';
import type { routes } from './dispatch.routes.ts';
import type * as schemas from './dispatch.schemas.ts';
import { driverRef, newDriver } from './driver.ts';
import type { RidesAsked } from './offers-by-driver.store.ts';
import { refusals } from './ride.decider.ts';
import { type Canceller, placeOf, type Request, type Ride, rideRef, wasOffered } from './ride.ts';
import { driverView, rideView, standingOffer } from './ride.view.ts';

export type RidesDeps = DispatchDeps & {
  readonly nextOrderId: (at: Instant) => Promise<OrderId>;
  readonly flags: () => Promise<Pick<FlagTable, 'idempotent-dispatch'>>;
  readonly ridesAsked: RidesAsked;
};

/** How many drivers the matcher asks at the same time. */
const defaultWave = 3;
/** As long as an offer may stand (`offerTimeoutSeconds`), and a little for its way. */
const longestOffer = 330_000;
const keyLifetime = 30 * 24 * 3_600_000;

export const endpoints = (deps: RidesDeps): Readonly<Record<KeyOf<typeof routes>, Endpoint>> => ({
  'POST /rides': async ({ principal, body, text, idempotencyKey, at }) => {
    const wanted = await requestFrom(deps, body as schemas.RequestRide, { principal, at });
    const key = idempotencyKey ? keyOf(idempotencyKey, { principal, body, text, at }) : undefined;
    const { created, ride } = await request(
      deps,
      wanted,
      (body as schemas.RequestRide).candidates as DriverId[] | undefined,
      key,
    );
    if (created.outcome === 'key-reused') throw keyReused;
    if (created.outcome === 'repeated') return repeated(deps, created.id as OrderId);
    decided('request', ride.rideId, { outcome: 'happened', status: ride.status }, { RideRequested: 1, IdsIssued: 1 });
    return { status: 201, body: rideView(ride, created.version), headers: { location: `/rides/${ride.rideId}` } };
  },

  'GET /rides/{id}': async ({ principal, params }) => {
    const { state, version } = await deps.store.load(rideRef(params.id as OrderId));
    if (!state) throw refusal(refusals.unknown);
    const seen = visibleTo(principal, state);
    if (!seen) throw refusal(refusals.notYours);
    return { status: 200, body: rideView(state, version, seen.onlyOf) };
  },

  'POST /rides/{id}/accept': async ({ principal, params, at }) => {
    const driverId = principal.sub as DriverId;
    return answer('accept', await accept(deps, params.id as OrderId, { driverId, at }), driverId, { RideAccepted: 1 });
  },

  'POST /rides/{id}/decline': async ({ principal, params, body, at }) => {
    const driverId = principal.sub as DriverId;
    const { reason } = body as { reason: string };
    return answer('decline', await decline(deps, params.id as OrderId, { driverId, reason, at }), driverId, {
      RideDeclined: 1,
    });
  },

  'POST /rides/{id}/cancel': async ({ principal, params, body, at }) => {
    const { reason, system } = body as { reason: string; system: boolean };
    if (system && !has(principal, 'operator'))
      throw new Problem(403, 'WRONG_ROLE', 'Only operators may cancel in the name of the system.', [
        { field: 'system', message: 'leave it out' },
      ]);
    const outcome = await cancel(
      deps,
      params.id as OrderId,
      { by: (ride) => cancellerOf(principal, ride, system), reason, at },
      (ride) => (mayCancel(principal, ride) ? undefined : refused(refusals.notYours)),
    );
    return answer('cancel', outcome, onlyDriver(principal), { RideCancelled: 1 });
  },

  'PATCH /rides/{id}/pickup': async ({ principal, params, body, at }) => {
    const moved = body as { lat: number; lng: number; address?: string; sequence: number };
    const pickup = { ...placeOf(moved), sequence: moved.sequence };
    const outcome = await movePickup(deps, params.id as OrderId, { pickup, at }, (ride) =>
      owns(principal, ride) ? undefined : refused(refusals.notYours),
    );
    const { decision, version } = outcome;
    decided('move-pickup', params.id as OrderId, outcomeFields(decision));
    if (decision.outcome === 'refused') throw refusal(decision.refusal);
    const ignored = decision.outcome === 'nothing';
    return { status: 200, body: { success: true, ignored, ...(ignored ? {} : { version }) } };
  },

  'GET /drivers/me': async ({ principal, at }) => {
    const driverId = principal.sub as DriverId;
    const [{ state: driver = newDriver(driverId) }, asked] = await Promise.all([
      deps.store.load(driverRef(driverId)),
      deps.ridesAsked(driverId, after(at, -longestOffer)),
    ]);
    const rides = await Promise.all(asked.map((rideId) => deps.store.load(rideRef(rideId))));
    const offers = rides.flatMap(({ state, version }) => (state && standingOffer(state, version, driverId)) ?? []);
    return { status: 200, body: { ...driverView(driver), offers } };
  },

  'PUT /drivers/me': async ({ principal, body, at }) => {
    const { state } = await reportDriver(deps, { ...(body as ReportBody), driverId: principal.sub as DriverId, at });
    if (!state) throw new Error('a report always leaves a driver');
    return { status: 200, body: driverView(state) };
  },
});

type ReportBody = Pick<Parameters<typeof reportDriver>[1], 'onDuty' | 'position' | 'serviceLine' | 'car'>;
type Asked = Pick<HttpRequest, 'principal' | 'at'>;

const requestFrom = async (
  { nextOrderId, flags }: RidesDeps,
  body: schemas.RequestRide,
  { principal, at }: Asked,
): Promise<Request> => {
  const [rideId, table] = await Promise.all([nextOrderId(at), flags()]);
  return {
    rideId,
    riderId: principal.sub as RiderId,
    serviceLine: body.serviceLine,
    pickup: { ...placeOf(body.pickup), sequence: body.pickup.sequence },
    destination: placeOf(body.destination),
    policy: body.policy,
    waveSize: body.waveSize ?? body.candidates?.length ?? defaultWave,
    offerTimeoutMs: body.offerTimeoutSeconds * 1_000,
    requestedAt: at,
    closesAt: after(at, body.searchTimeoutSeconds * 1_000),
    candidatesFrom: body.candidates ? 'caller' : 'matcher',
    idempotentDispatch: isOn(table, 'idempotent-dispatch', rideId),
  };
};

const keyOf = (
  id: string,
  { principal, body, text, at }: Asked & Pick<HttpRequest, 'body' | 'text'>,
): IdempotencyKey => ({
  scope: `rides:${principal.sub}`,
  id,
  fingerprint: fingerprintOf(body),
  formerFingerprint: formerFingerprintOf(text),
  expiresAt: after(at, keyLifetime),
});

const keyReused = new Problem(
  422,
  'IDEMPOTENCY_KEY_REUSED',
  'This Idempotency-Key belongs to another request. Use a new key for a new request.',
  [{ field: 'Idempotency-Key', message: 'was used with another body' }],
);

const repeated = async ({ store }: RidesDeps, rideId: OrderId): Promise<HttpAnswer> => {
  const { state, version } = await store.load(rideRef(rideId));
  if (!state) throw refusal(refusals.unknown);
  decided('request', rideId, { outcome: 'nothing', reason: 'repeated' });
  return {
    status: 200,
    body: rideView(state, version),
    headers: { location: `/rides/${rideId}`, 'idempotent-replayed': 'true' },
  };
};

const owns = (principal: Principal, ride: Ride): boolean =>
  has(principal, 'operator') || (has(principal, 'rider') && ride.riderId === principal.sub);

const onlyDriver = (principal: Principal): DriverId | undefined =>
  has(principal, 'driver') && !has(principal, 'operator') ? (principal.sub as DriverId) : undefined;

const visibleTo = (principal: Principal, ride: Ride): { readonly onlyOf?: DriverId } | undefined => {
  if (owns(principal, ride)) return {};
  const driverId = principal.sub as DriverId;
  return has(principal, 'driver') && wasOffered(ride, driverId) ? { onlyOf: driverId } : undefined;
};

const mayCancel = (principal: Principal, ride: Ride): boolean =>
  owns(principal, ride) || visibleTo(principal, ride) !== undefined;

/** One person can be rider and driver: whose ride it is tells as what he cancels it. */
const cancellerOf = (principal: Principal, ride: Ride, system: boolean): Canceller => {
  if (system) return { role: 'system' };
  if (has(principal, 'operator')) return { role: 'operator', id: principal.sub };
  return owns(principal, ride)
    ? { role: 'rider', id: principal.sub as RiderId }
    : { role: 'driver', id: principal.sub as DriverId };
};

const outcomeFields = (decision: Outcome<Ride>['decision']): Fields => {
  if (decision.outcome === 'refused') return { outcome: decision.outcome, code: decision.refusal.code };
  return decision.outcome === 'nothing'
    ? { outcome: decision.outcome, reason: decision.reason }
    : { outcome: decision.outcome };
};

const decided = (command: string, orderId: OrderId, fields: Fields, metrics?: Metrics): void =>
  log.info('Decided', { orderId, command, ...fields }, fields.outcome === 'happened' ? metrics : undefined);

const answer = (
  command: string,
  { decision, state, version }: Outcome<Ride>,
  onlyOf: DriverId | undefined,
  metrics: Metrics,
): HttpAnswer => {
  if (state) decided(command, state.rideId, outcomeFields(decision), metrics);
  if (decision.outcome === 'refused') throw refusal(decision.refusal);
  if (!state) throw refusal(refusals.unknown);
  return {
    status: 200,
    body: { success: true, alreadyProcessed: decision.outcome === 'nothing', ride: rideView(state, version, onlyOf) },
  };
};
