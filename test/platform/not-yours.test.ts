/** A request for an item of another user gets the answer for a missing item. */
import { describe, expect, it } from 'vitest';
import { changeArgo, ezpayDeadline, ezpayDeps } from '../../functions/ezpay/commands.ts';
import { type Route, type RouteKey, routeKey } from '../../functions/kernel/route.ts';
import type { CarId, DriverId, OrderId } from '../../functions/kernel/types.ts';
import { logLines } from '../support/log.ts';
import { routes, wholeApi } from '../support/whole-api.ts';

logLines();
const place = { lat: -6.2, lng: 106.8 };
const rider = { sub: 'rider-1', roles: ['rider'] };
const driver = { sub: 'driver-1', roles: ['driver'] };
const operator = { sub: 'operator-1', roles: ['operator'] };
const strangers = [
  { sub: 'rider-9', roles: ['rider'] },
  { sub: 'driver-9', roles: ['driver'] },
  // On duty, in a car.
  { sub: 'driver-8', roles: ['driver'] },
  { sub: 'both-9', roles: ['rider', 'driver'] },
  { sub: 'without-role-9', roles: [] },
];

/** The bodies of routes that need one. */
const bodies: Readonly<Partial<Record<RouteKey, unknown>>> = {
  'PATCH /rides/{id}/pickup': { ...place, sequence: 9 },
  'POST /orders/{id}/finish': { fare: 60_000 },
  'POST /orders/{id}/payments': { method: 'qris' },
  'POST /payments/{ref}/refund': { reason: 'wrong route' },
  'POST /payments/{ref}/refunds/{key}/paid-back': { reference: 'BCA 1' },
};

type Api = ReturnType<typeof wholeApi>;
/** The ids of another user's items: a ride, which becomes an order with a payment; a scan; a car. */
type Theirs = {
  readonly api: Api;
  readonly ride: string;
  readonly ref?: string;
  readonly scan: string;
  readonly car: string;
};
const absent = {
  ride: 'TNT-20200101-ZZZZZZZ',
  ref: 'TNT-20200101-ZZZZZZZ-1795232640',
  scan: 'TNT-20200101-ZZZZZZZ',
  car: 'B9ABSENT',
};

const car = 'B1234XYZ';
const requested = async (): Promise<Theirs> => {
  const api = wholeApi();
  for (const [sub, of] of [
    ['driver-1', car],
    ['driver-8', 'B8888XYZ'],
  ])
    await api.ask('PUT /drivers/me', { sub: String(sub), roles: ['driver'], body: { onDuty: true, car: of } });
  const deps = ezpayDeps(api.ports, api.env);
  const at = api.clock.now();
  await changeArgo(deps, car as CarId, { type: 'drive', driverId: 'driver-1' as DriverId, drives: true, at });
  const scanned = await api.ask('POST /ezpay', {
    sub: 'customer-1',
    roles: ['rider'],
    body: { car, paymentMethod: 'qris' },
  });
  const wanted = { serviceLine: 'BB', pickup: place, destination: place, candidates: ['driver-1', 'driver-2'] };
  const ride = await api.ask('POST /rides', { ...rider, body: wanted });
  return { api, ride: String(JSON.parse(ride.body).rideId), scan: String(JSON.parse(scanned.body).orderId), car };
};
const accepted = async (): Promise<Theirs> => {
  const theirs = await requested();
  await theirs.api.ask('POST /rides/{id}/accept', { ...driver, params: { id: theirs.ride } });
  const { clock, ports, env } = theirs.api;
  clock.pass(301_000);
  await ezpayDeadline(ezpayDeps(ports, env), theirs.scan as OrderId, clock.now());
  return theirs;
};
const declined = async (): Promise<Theirs> => {
  const theirs = await requested();
  await theirs.api.ask('POST /rides/{id}/decline', { ...driver, params: { id: theirs.ride } });
  await theirs.api.ask('POST /ezpay/{id}/confirm', {
    ...driver,
    params: { id: theirs.scan },
    body: { confirmed: false },
  });
  return theirs;
};
const charged = async (): Promise<Theirs> => {
  const theirs = await accepted();
  const { api, ride, scan } = theirs;
  await api.ask('POST /ezpay/{id}/confirm', { ...driver, params: { id: scan } });
  await api.ask('POST /rides/{id}/pick-up', { ...driver, params: { id: ride } });
  await api.ask('POST /orders/{id}/finish', { ...driver, params: { id: ride }, body: { fare: 120_000 } });
  const payment = await api.ask('POST /orders/{id}/payments', {
    ...rider,
    params: { id: ride },
    body: { method: 'qris' },
  });
  return { ...theirs, ref: String(JSON.parse(payment.body).ref) };
};
const paid = async (): Promise<Theirs> => {
  const theirs = await charged();
  const { api, ref } = theirs;
  await api.ask('POST /payments/{ref}/check', { ...operator, params: { ref: String(ref) } });
  return theirs;
};
const stages = { requested, accepted, declined, 'to be paid': charged, paid };

/** The ids a route takes, of existing items or of missing ones. */
const paramsOf = (
  { path }: Route,
  { ride, ref, scan, car: of }: Omit<Theirs, 'api'>,
): Readonly<Record<string, string>> => ({
  id: path.startsWith('/ezpay') ? scan : ride,
  ref: String(ref),
  key: 'surplus-1',
  car: of,
});
const named = routes.filter(({ params }) => params);
const ofPayments = ({ path }: Route): boolean => path.startsWith('/payments');

/** The answer without the ids of the request. */
const seen = (
  { status, headers, body }: Awaited<ReturnType<Api['ask']>>,
  params: Readonly<Record<string, string>>,
) => ({
  status,
  headers,
  body: Object.values(params)
    .toSorted((a, b) => b.length - a.length)
    .reduce((text, id) => text.replaceAll(id, '…'), body),
});

describe.each(Object.entries(stages))('when the item of another user is %s', (stage, theirsAt) => {
  const cases = named
    .filter((route) => !ofPayments(route) || stage.includes('paid'))
    .flatMap((route) => strangers.map((who) => [routeKey(route), who.sub, route, who] as const));

  it.each(cases)('[OPS-8] %s answers %s as for a missing item', async (key, _, route, who) => {
    const { api, ...theirs } = await theirsAt();
    const about = async (ids: Omit<Theirs, 'api'>) => {
      const params = paramsOf(route, ids);
      return seen(
        await api.ask(route, { ...who, params, body: bodies[key] ?? {}, headers: { 'idempotency-key': 'k1' } }),
        params,
      );
    };
    const [existing, missing] = [await about(theirs), await about(absent)];
    expect(existing).toEqual(missing);
    const allowed = !route.roles || route.roles.some((role) => who.roles.includes(role));
    expect(existing.status).toBe(allowed ? 404 : 403);
  });
});

describe('when the item is their own', () => {
  it('[OPS-8] it is answered, and an operator gets a 404 for a missing one', async () => {
    const { api, ...theirs } = await paid();
    const about = async (route: Route, ids: Omit<Theirs, 'api'>, who: object) =>
      (await api.ask(route, { ...who, params: paramsOf(route, ids), body: bodies[routeKey(route)] ?? {} })).status;
    const reading = named.filter(({ method, path }) => method === 'GET' && path !== '/cars/{car}/code');
    for (const route of reading) {
      expect([routeKey(route), await about(route, theirs, operator)]).toEqual([routeKey(route), 200]);
      expect([routeKey(route), await about(route, absent, operator)]).toEqual([routeKey(route), 404]);
    }
    expect(await about(named.find(({ path }) => path === '/cars/{car}/code') as Route, theirs, driver)).toBe(200);
  });
});

/** A missing order may still have to be opened by its ride or its scan, which are read first. */
const opensOrders = new Set<RouteKey>([
  'GET /orders/{id}',
  'POST /orders/{id}/finish',
  'POST /orders/{id}/payments',
  'GET /orders/{id}/payments',
]);

describe('the time of an answer', () => {
  const cases = named
    .filter((route) => !opensOrders.has(routeKey(route)))
    .flatMap((route) => strangers.map((who) => [routeKey(route), who.sub, route, who] as const));

  it.each(cases)('[OPS-8] %s reads as much for %s whether it exists or not', async (key, _, route, who) => {
    const { api, ...theirs } = await paid();
    const about = async (ids: Omit<Theirs, 'api'>) =>
      (
        await api.ask(route, {
          ...who,
          params: paramsOf(route, ids),
          body: bodies[key] ?? {},
          headers: { 'idempotency-key': 'k1' },
        })
      ).calls;
    expect(await about(theirs)).toEqual(await about(absent));
  });
});
