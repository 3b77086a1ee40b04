/** EzPay on the model of the table, wired by its own compose: devices, riders, drivers, deadlines and the bus. */
import { dispatchDeps, reportDriver } from '../../functions/dispatch/commands.ts';
import type { ArgoCommand } from '../../functions/ezpay/argo.decider.ts';
import type { CodePolicy } from '../../functions/ezpay/codes.ts';
import { changeArgo, ezpayDeps } from '../../functions/ezpay/commands.ts';
import { compose as composeEvents } from '../../functions/ezpay/events.compose.ts';
import { compose as composeApi } from '../../functions/ezpay/ezpay.compose.ts';
import { ezpayAggregate, type Mode } from '../../functions/ezpay/ezpay.ts';
import { compose as composeMeterReports } from '../../functions/ezpay/meter-reports.compose.ts';
import type { Route } from '../../functions/kernel/route.ts';
import type { CarId, DriverId, OrderId } from '../../functions/kernel/types.ts';
import { connections } from '../../functions/notify/connections.store.ts';
import { compose as composeDeadlines } from '../../functions/ops/deadlines.compose.ts';
import type { Env } from '../../functions/platform/ports.ts';
import type { Published } from '../../functions/platform/stream-reader.ts';
import { at, car } from './ezpay.ts';
import { type Answered, type Asked, answered, httpEvent } from './http.ts';
import { memoryTable } from './memory-table.ts';
import { env, testPorts } from './ports.ts';
import { delivered } from './queue.ts';

export const asRider = (sub: string) => ({ sub, roles: ['rider'] });
export const asDriver = (sub: string) => ({ sub, roles: ['driver'] });
export const asOperator = { sub: 'operator-1', roles: ['operator'] };

export type Settings = {
  readonly mode?: Mode;
  readonly policy?: CodePolicy;
  readonly keys?: readonly string[];
  /** The predictor may shorten the wait of every scan. */
  readonly predictor?: 'on' | 'off';
};

export const settingsOf = ({ mode = 'async', policy = 'static', keys = [], predictor = 'off' }: Settings): Env => ({
  ...env,
  EZPAY_CODES: policy,
  EZPAY_CODE_KEYS: keys.join(','),
  TUNTAS_DEPLOYED_FLAGS: JSON.stringify({
    'ezpay-mode': { [mode]: 100 },
    'ezpay-predictor': { percent: predictor === 'on' ? 100 : 0 },
  }),
});

/** What the rules of the bus bring to the queue of EzPay (lib/ezpay.ts). */
const isSubscribed = ({ source, type }: Published): boolean =>
  source === 'tuntas.ezpay' ||
  (source === 'tuntas.dispatch' && type.startsWith('car.')) ||
  (source === 'tuntas.orders' && type.startsWith('order.finish-'));

type Call = (route: string, request: Omit<Asked, 'method' | 'path'>) => Promise<Answered>;

/** The requests of riders, drivers and operators. */
const appsOf = (call: Call) => ({
  scan: (sub: string, body: object = { car }) =>
    call('POST /ezpay', { ...asRider(sub), body: { paymentMethod: 'gopay', ...body } }),
  order: (id: string, reader: object) => call('GET /ezpay/{id}', { params: { id }, ...reader }),
  confirm: (id: string, driver: string, body: object = {}) =>
    call('POST /ezpay/{id}/confirm', { params: { id }, ...asDriver(driver), body }),
  code: (of: string, driver: string) => call('GET /cars/{car}/code', { params: { car: of }, ...asDriver(driver) }),
  argo: (of: string, reader: object) => call('GET /cars/{car}/argo', { params: { car: of }, ...reader }),
});

export const ezpayWorld = (settings: Settings = {}) => {
  const writes: string[] = [];
  const bus: Published[] = [];
  const events: (Published & Readonly<Record<string, unknown>>)[] = [];
  const table = memoryTable(({ table: name, key, item }) => {
    if (name !== 'State') return;
    writes.push(key);
    if (item?.outbox?.S) bus.push(...(JSON.parse(item.outbox.S) as Published[]));
  });
  const { ports, clock, sent, posted } = testPorts({ table });
  clock.set(at(0));
  const own = settingsOf(settings);
  const api = composeApi(ports, own);
  const meterReports = composeMeterReports(ports, own);
  const worker = composeEvents(ports, own);
  const deadlines = composeDeadlines(ports, own);
  const dispatch = dispatchDeps(ports, own);
  const people = connections(ports.dynamo, 'State');

  const call: Call = async (route, request) => {
    const [method, path] = route.split(' ') as [Route['method'], Route['path']];
    return answered(await api(httpEvent({ method, path, ...request })));
  };
  const deliver = async (messages: readonly unknown[], to = worker): Promise<void> => {
    const { batchItemFailures } = await to(delivered(messages));
    if (batchItemFailures.length > 0) throw new Error(`messages failed: ${JSON.stringify(batchItemFailures)}`);
  };
  /** Carries events over the bus to the worker until none is left. An event that is parked fails the test. */
  const settle = async (): Promise<void> => {
    const parked = parkedMessages().length;
    while (bus.length > 0) {
      const batch = bus.splice(0).filter(isSubscribed);
      events.push(...batch);
      await deliver(batch);
    }
    const unread = parkedMessages().slice(parked);
    if (unread.length > 0) throw new Error(`events were parked: ${JSON.stringify(unread)}`);
  };
  const parkedMessages = () =>
    sent
      .filter(({ queue }) => queue === 'own-dead-letters')
      .map(({ body, attributes }) => ({ body, reason: attributes.reason ?? '' }));

  return {
    table,
    /** Everything that was on the bus so far. */
    events,
    parked: parkedMessages,
    settle,
    /** Events reach the worker again, as a redrive of dead letters brings them. */
    redriven: (...again: readonly object[]) => deliver(again),
    /** The keys of what was written to State since the last call. */
    written: () => writes.splice(0),
    clock: (minutes: number) => clock.set(at(minutes)),
    connect: (sub: string) => people.opened(sub, `connection-of-${sub}`, at(0)),
    /** The notifications a person received, in order. */
    received: (sub: string) =>
      posted
        .filter(({ connectionId }) => connectionId === `connection-of-${sub}`)
        .map(({ body }) => JSON.parse(body) as Readonly<Record<string, unknown>>),
    call,
    ...appsOf(call),
    /** Delivers messages of devices to the worker, as the queue does. */
    device: (...messages: readonly unknown[]) => deliver(messages, meterReports),
    /** What happened to the car before the test. */
    history: async (commands: readonly ArgoCommand[]) => {
      for (const command of commands) await changeArgo(ezpayDeps(ports, own), car, command);
      await settle();
    },
    drive: async (driver: string, which: string | undefined) => {
      const duty = which ? { onDuty: true, car: which as CarId } : { onDuty: false };
      await reportDriver(dispatch, { driverId: driver as DriverId, ...duty, at: clock.now() });
      await settle();
    },
    deadline: async (id: string) => {
      await deliver([{ ...ezpayAggregate.key(id as OrderId), dueAt: clock.now() }], deadlines);
      await settle();
    },
  };
};
export type EzPayWorld = ReturnType<typeof ezpayWorld>;

/** A message of a device as the IoT rule passes it on; times in minutes after 03:44. */
export const deviceMessage = (kind: 'STARTED' | 'STOPPED' | 'PING', minutes: number, more: object = {}) => ({
  car,
  device: 'device-1',
  kind,
  sequence: 1,
  deviceTime: at(minutes),
  receivedAt: at(minutes),
  ...more,
});
