/** One payment through its functions, from the charge to the receipt, with the cost of each step. */
import type { OrderId } from '../../functions/kernel/types.ts';
import { compose as feed } from '../../functions/live/feed.compose.ts';
import { compose as receipts } from '../../functions/notify/receipts.compose.ts';
import { compose as orders } from '../../functions/orders/events.compose.ts';
import { compose as notifications } from '../../functions/payments/notifications/notifications.compose.ts';
import { orderIdOf, type PaymentRef } from '../../functions/payments/payment.ts';
import { compose as payments } from '../../functions/payments/payments.compose.ts';
import { store } from '../../functions/platform/store.ts';
import { compose as storyWriter } from '../../functions/platform/story.compose.ts';
import { delivered } from '../../tools/deliveries.ts';
import { httpEvent } from '../../tools/http-event.ts';
import { watch } from './calls.ts';
import { type Cost, costs } from './costs.ts';
import type { Database } from './database.ts';
import { finishedTrip } from './finished-trip.ts';
import { envOf, functionsOn, realPorts } from './functions.ts';
import { merchantId, type SimulatedGateway, serverKey, someRef } from './simulated-gateway.ts';
import { eventsIn, streamOf, succeeded } from './system.ts';

/**
 * The least: each item that must change written once and billed as 1 KB, twice in a transaction, plus one unit for each
 * entry the index `due` gains or loses.
 */
export const least = {
  'charge: POST /orders/{id}/payments': { items: 3, written: 2 * 2 + 1 + 1 + 2 },
  'story: payment.intended, payment.pending': { items: 2, written: 2 },
  'its "pending" is notified': { items: 1, written: 1 },
  'its settlement is notified, its order is PAID': { items: 3, written: 2 * 2 + 1 + 1 + 1 },
  'story: payment.settled, order.paid': { items: 2, written: 2 },
  'the order reads its payments': { items: 0, written: 0 },
  'receipt by mail': { items: 1, written: 1 },
  'live notice: payment.settled': { items: 3, written: 2 * 3 },
  'its settlement is notified again': { items: 1, written: 1 },
  'another settlement, before its payment: parked': { items: 2, written: 2 + 1 },
} as const;
export type Step = keyof typeof least;

/** What one payment cannot do without; the other steps may come besides. */
export const ofOnePayment = (Object.keys(least) as Step[]).slice(0, 8);

const openMoney = async (database: Database, gateway: SimulatedGateway) => {
  const dynamo = database.client();
  const env = envOf(database, {
    MIDTRANS_URL: gateway.url,
    MIDTRANS_MERCHANT_ID: merchantId,
    MIDTRANS_SERVER_KEYS: serverKey,
  });
  const made = await functionsOn(env, { dynamo, postToConnection: async () => true });
  return {
    store: store({ ...realPorts, dynamo }, database.state),
    seen: watch(dynamo, { withCapacity: true }),
    api: made(payments),
    notifications: made(notifications),
    orders: made(orders),
    receipts: made(receipts),
    live: made(feed),
    storyWriter: made(storyWriter),
  };
};
type Money = Awaited<ReturnType<typeof openMoney>>;

const charge = async ({ api }: Money, id: OrderId): Promise<PaymentRef> => {
  const request = {
    method: 'POST',
    path: '/orders/{id}/payments',
    params: { id },
    sub: 'rider-1',
    roles: ['rider'],
    body: { method: 'bca_va', email: 'rider@example.com' },
    headers: { 'idempotency-key': `key-${id}` },
  } as const;
  return succeeded(await api(httpEvent(request))).ref as PaymentRef;
};

/** @param finished the order to be paid; without it, one that was never a ride */
export const wholePayment = async (
  database: Database,
  gateway: SimulatedGateway,
  finished?: OrderId,
): Promise<Readonly<Record<Step, Cost>>> => {
  const money = await openMoney(database, gateway);
  const { notifications, orders, receipts, live, storyWriter } = money;
  const bench = { seen: money.seen, database };
  const notification = (body: string) => delivered([{ body, receivedAt: Date.now() }]);
  const only = (type: string) => (one: string) => one === type;
  // The rider's address is kept with their first payment, for 90 days; the breaker's state is read once a second.
  const first = orderIdOf(someRef());
  await finishedTrip(money.store, first);
  await charge(money, first);

  const orderId = finished ?? orderIdOf(someRef());
  if (!finished) await finishedTrip(money.store, orderId);
  const stream = await streamOf(database);
  let ref = '' as PaymentRef;
  const charged = await costs(bench, async () => {
    ref = await charge(money, orderId);
  });
  const chargeRecords = await stream.news();
  const chargeStory = await costs(bench, () => storyWriter({ Records: chargeRecords }));
  const { pending, settlement } = await gateway.pays(ref);
  const pendingApplied = await costs(bench, () => notifications(notification(pending)));
  const settlementApplied = await costs(bench, () => notifications(notification(settlement)));
  const settlementRecords = await stream.news();
  const settlementStory = await costs(bench, () => storyWriter({ Records: settlementRecords }));
  const settled = eventsIn(settlementRecords, only('payment.settled'));
  const paidEvents = eventsIn(settlementRecords, only('order.paid'));
  const paid = await costs(bench, () => orders(delivered(settled)));
  stream.stop();
  const mailed = await costs(bench, () => receipts(delivered(paidEvents)));
  // The feed's head is read once, when its function starts.
  const before = { ...settled[0], id: `${first}/PAYMENT/1`, orderId: first };
  await live(delivered([before]));
  const noticed = await costs(bench, () => live(delivered(settled)));
  const again = await costs(bench, () => notifications(notification(settlement)));
  const early = await gateway.paid(someRef());
  return {
    'charge: POST /orders/{id}/payments': charged,
    'story: payment.intended, payment.pending': chargeStory,
    'its "pending" is notified': pendingApplied,
    'its settlement is notified, its order is PAID': settlementApplied,
    'story: payment.settled, order.paid': settlementStory,
    'the order reads its payments': paid,
    'receipt by mail': mailed,
    'live notice: payment.settled': noticed,
    'its settlement is notified again': again,
    'another settlement, before its payment: parked': await costs(bench, () => notifications(notification(early))),
  };
};
