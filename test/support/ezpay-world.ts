/** EzPay on the model of the table: devices, riders, drivers, deadlines and the bus, everything real but the network. */
import { ezpayFact } from '../../events/ezpay.ts';
import { dispatchDeps, reportDriver } from '../../functions/dispatch/commands.ts';
import type { CodePolicy } from '../../functions/ezpay/codes.ts';
import { ezpayDeadline, ezpayDeps, type Predictor } from '../../functions/ezpay/commands.ts';
import { facts } from '../../functions/ezpay/events.worker.ts';
import { endpoints } from '../../functions/ezpay/ezpay.endpoints.ts';
import { routes } from '../../functions/ezpay/ezpay.routes.ts';
import type { Mode } from '../../functions/ezpay/ezpay.ts';
import { meter, reported } from '../../functions/ezpay/meter-reports.worker.ts';
import type { Method } from '../../functions/kernel/route.ts';
import type { DriverId, OrderId } from '../../functions/kernel/types.ts';
import { httpApi } from '../../functions/platform/http.ts';
import { leaseFrom, orderNumbers } from '../../functions/platform/order-numbers.ts';
import { queueWorker } from '../../functions/platform/queue-worker.ts';
import { at, car } from './ezpay.ts';
import { type Answered, type Asked, answered, httpEvent } from './http.ts';
import { clientOf, memoryTable } from './memory-table.ts';
import { people } from './people.ts';
import { deadLetters, delivered } from './queue.ts';

export const asRider = (sub: string) => ({ sub, roles: ['rider'] });
export const asDriver = (sub: string) => ({ sub, roles: ['driver'] });
export const asOperator = { sub: 'operator-1', roles: ['operator'] };

export type Settings = {
  readonly mode?: Mode;
  readonly policy?: CodePolicy;
  readonly keys?: readonly string[];
  readonly predictor?: Predictor;
};

export const ezpayWorld = ({ mode = 'async', policy = 'static', keys = [], predictor }: Settings = {}) => {
  let minutes = 0;
  const writes: string[] = [];
  const bus: unknown[] = [];
  const told: Readonly<Record<string, unknown>>[] = [];
  const table = memoryTable(({ table: name, key, item }) => {
    if (name !== 'State') return;
    writes.push(key);
    if (item?.outbox?.S && !/^USER#/.test(key)) bus.push(...(JSON.parse(item.outbox.S) as unknown[]));
  });
  const client = clientOf(table);
  const apps = people({ table });
  const deps = ezpayDeps(client, 'State', predictor);
  const now = () => at(minutes);
  const handler = httpApi(
    routes,
    endpoints({
      ...deps,
      nextOrderId: orderNumbers(leaseFrom(client, 'State'), 200).next,
      variants: async () => mode,
      codes: { policy, lifetimeMs: 120_000, keys: keys.length > 0 ? async () => keys : undefined },
      windows: { confirmMs: 300_000, answerMs: 600_000 },
    }),
    { rolesClaim: 'roles', now },
  );
  const dead = deadLetters();
  const queue = { park: dead.park, delay: async () => undefined };
  const meters = queueWorker(reported(now), meter({ ...deps, now }), queue);
  const worker = queueWorker(ezpayFact, facts({ ...deps, ...apps.deps, now }), queue);

  const ask = async (route: string, asked: Omit<Asked, 'method' | 'path'>): Promise<Answered> => {
    const [method, path] = route.split(' ') as [Method, string];
    return answered(await handler(httpEvent({ method, path, ...asked })));
  };
  /** Carries what was written to the bus and to the worker, until nothing new is said. */
  const settle = async (): Promise<void> => {
    while (bus.length > 0) {
      const said = bus.splice(0).filter((event) => ezpayFact.safeParse(event).success);
      told.push(...(said as Readonly<Record<string, unknown>>[]));
      const { batchItemFailures } = await worker(delivered(said));
      if (batchItemFailures.length > 0) throw new Error(`the worker failed: ${JSON.stringify(batchItemFailures)}`);
    }
  };
  const world = {
    table,
    apps,
    dead,
    ask,
    settle,
    /** Everything that was on the bus so far. */
    told,
    /** Events come to the worker again, as a redrive of dead letters brings them. */
    redriven: (...events: readonly object[]) => worker(delivered(events)),
    /** The keys of what was written to State since the last look. */
    written: () => writes.splice(0),
    clock: (to: number) => {
      minutes = to;
      apps.clock(to * 60);
    },
    scan: (sub: string, body: object = { car }) =>
      ask('POST /ezpay', { ...asRider(sub), body: { paymentMethod: 'gopay', ...body } }),
    see: (id: string, who: object) => ask('GET /ezpay/{id}', { params: { id }, ...who }),
    confirm: (id: string, driver: string, body: object = {}) =>
      ask('POST /ezpay/{id}/confirm', { params: { id }, ...asDriver(driver), body }),
    code: (of: string, driver: string) => ask('GET /cars/{car}/code', { params: { car: of }, ...asDriver(driver) }),
    argo: (of: string, who: object) => ask('GET /cars/{car}/argo', { params: { car: of }, ...who }),
    /** Hands messages of devices to the worker, as the queue does. */
    device: (...messages: readonly unknown[]) => meters(delivered(messages)),
    drive: async (driver: string, which: string | undefined) => {
      const wishes = which ? { onDuty: true, car: which as typeof car } : { onDuty: false };
      await reportDriver(dispatchDeps(client, 'State'), { driverId: driver as DriverId, ...wishes, at: now() });
      await settle();
    },
    deadline: async (id: string) => {
      await ezpayDeadline(deps, id as OrderId, now());
      await settle();
    },
  };
  return world;
};

/** A message of a device as the rule hands it over; times in minutes after 03:44. */
export const said = (kind: 'STARTED' | 'STOPPED', minutes: number, more: object = {}) => ({
  car,
  device: 'device-1',
  kind,
  sequence: 1,
  deviceTime: at(minutes),
  receivedAt: at(minutes),
  ...more,
});
