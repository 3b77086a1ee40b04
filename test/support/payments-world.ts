/** The payments on the ports of a test: tables, queues, a gateway, a clock; every function wired as it is deployed. */
import { type Instant, instant } from '../../functions/kernel/types.ts';
import { type Order, orderRef } from '../../functions/orders/order.ts';
import { intend } from '../../functions/payments/charge/charge.decider.ts';
import { paymentsDeps } from '../../functions/payments/commands.ts';
import { compose as composeDeadlines } from '../../functions/payments/deadlines/deadlines.compose.ts';
import { compose as composeNotifications } from '../../functions/payments/notifications/notifications.compose.ts';
import type { SyncLine } from '../../functions/payments/notifications/sync-log.store.ts';
import { type Payment, type PaymentRef, paymentRef } from '../../functions/payments/payment.ts';
import { itemOf } from '../../functions/platform/item.ts';
import { parkIn } from '../../functions/platform/park.ts';
import type { Clients } from '../../functions/platform/ports.ts';
import type { Store } from '../../functions/platform/store.ts';
import type { Wake } from '../../functions/platform/timers.ts';
import { type MemoryGateway, memoryGateway } from './gateway.ts';
import { clientOf, type MemoryTable, memoryTable } from './memory-table.ts';
import { finishedOrder, intent, orderId, ref, start } from './payments.ts';
import { testPorts } from './ports.ts';
import { delivered } from './queue.ts';

type Options = {
  readonly table?: MemoryTable;
  readonly dynamo?: Clients['dynamo'];
  readonly random?: () => number;
  /** Of another world, when both have one. */
  readonly gateway?: MemoryGateway;
  /** Missing: a finished trip that nobody has paid; none: `false`. */
  readonly order?: Order | false;
};

/** The order is there before any function has run. */
const putOrder = (table: MemoryTable, state: Order): void => {
  const ref = orderRef(state.orderId);
  if (!table.read('State', ref.aggregate.key(ref.id)))
    table.put('State', itemOf(ref, { outcome: 'happened', state, at: start, facts: [] }, 1));
};

/** The order of the world, and its deadline. */
const orderOf = (
  { load }: Pick<Store, 'load'>,
  clock: ReturnType<typeof testPorts>['clock'],
  woken: (wake: Wake) => Promise<void>,
) => {
  const order = async (): Promise<Order> => {
    const { state } = await load(orderRef(orderId));
    if (!state) throw new Error('there is no order');
    return state;
  };
  const orderWoken = async (): Promise<void> => {
    const dueAt = (await order()).ask?.at;
    if (dueAt === undefined) throw new Error('the order has no deadline');
    clock.set(instant(Math.max(clock.now(), dueAt)));
    await woken({ pk: `ORDER#${orderId}`, sk: 'ORDER', dueAt });
  };
  /** The order is woken when it is due. */
  return { order, orderWoken };
};

/** The IP address that notifications come from. */
export const sender = '192.0.2.1';

export const world = (options: Options = {}) => {
  const { table = memoryTable(), random, gateway: shared, order = finishedOrder() } = options;
  const { dynamo = clientOf(table) } = options;
  if (order) putOrder(table, order);
  const gateway = shared ?? memoryGateway((): Instant => test.clock.now());
  const test = testPorts({ table, dynamo, http: gateway.http, ...(random ? { random } : {}) });
  const { env, sent, clock } = test;
  const ports = { ...test.ports, pause: async () => gateway.paused() };
  const deps = {
    ...paymentsDeps(ports, env),
    park: parkIn(ports.queues, String(env.ORPHANS_URL)),
    random: ports.random,
  };
  const workers = { notifications: composeNotifications(ports, env), deadlines: composeDeadlines(ports, env) };
  type WorkerOf = typeof workers.notifications;
  /** @returns whether the message is done */
  const isDone = async (worker: WorkerOf, message: object, messageId: string): Promise<boolean> => {
    const { Records } = delivered([message]);
    const { batchItemFailures } = await worker({ Records: Records.map((record) => ({ ...record, messageId })) });
    return batchItemFailures.length === 0;
  };
  const mustBeDone = async (done: Promise<boolean>): Promise<void> => {
    if (!(await done)) throw new Error('the worker left its message for a retry');
  };
  const itemsAt = (prefix: string) =>
    table.all('State').filter(({ pk, sk }) => pk === `ORDER#${orderId}` && String(sk).startsWith(prefix));

  const deliver = (body: string, id = 'message-1', receivedAt: Instant = clock.now()): Promise<boolean> =>
    isDone(workers.notifications, { body, receivedAt, sender }, id);
  const wake = ({ pk, sk, dueAt }: Wake): Promise<boolean> => isDone(workers.deadlines, { pk, sk, dueAt }, 'wake-1');
  return {
    ports,
    env,
    deps,
    table,
    gateway,
    now: clock.now,
    pass: (seconds: number): void => clock.pass(seconds * 1_000),
    deliver,
    wake,
    /** A notification from the webhook queue, which its worker must finish. */
    notified: (body: string, id?: string): Promise<void> => mustBeDone(deliver(body, id)),
    /** A wake-up from the gateway queue, which its worker must finish. */
    woken: (wakeUp: Wake): Promise<void> => mustBeDone(wake(wakeUp)),
    /** The payment is woken now, or when so many seconds have passed. */
    wokenAfter: (ref: PaymentRef, seconds = 0): Promise<void> => {
      clock.pass(seconds * 1_000);
      const dueAt = clock.now();
      return mustBeDone(wake({ pk: `ORDER#${orderId}`, sk: `PAYMENT#${ref.slice(-10)}`, dueAt }));
    },
    /** What was parked for a person, with the reason. */
    parked: () =>
      sent
        .filter(({ queue }) => queue === env.ORPHANS_URL || queue === env.DEAD_LETTER_URL)
        .map(({ body, attributes }) => ({ body, reason: attributes.reason ?? '', source: attributes.source })),
    ...orderOf(deps.store, clock, (wakeUp) => mustBeDone(wake(wakeUp))),
    payment: async (ref: PaymentRef): Promise<Payment> => {
      const { state } = await deps.store.load(paymentRef(ref));
      if (!state) throw new Error(`there is no payment ${ref}`);
      return state;
    },
    /** What the order's partition holds under a prefix of its sort key. */
    items: itemsAt,
    /** The wake-up of the first early notification. */
    earlyWake: (): Wake => {
      const [early] = itemsAt('EARLY#');
      return { pk: String(early?.pk), sk: String(early?.sk), dueAt: Number(early?.dueAt) };
    },
    syncLines: () =>
      table.all('Story') as unknown as readonly (SyncLine & { readonly sk: string; readonly kind: string })[],
  };
};
export type World = ReturnType<typeof world>;

/** The intent is written, as in the first half of a charge. */
export const intended = async ({ deps }: World): Promise<void> => {
  await deps.store.create(paymentRef(ref), intend(intent()));
};
/** The gateway has charged. */
export const charged = async ({ deps }: World): Promise<void> => {
  await deps.gateway.charge({ ref, method: 'bca_va', amount: intent().amount });
};
