/** Orders that are paid, twice, late or in cash, for the tests of their deadline. */
import { rupiah } from '../../../functions/kernel/rupiah.ts';
import { finish } from '../../../functions/orders/order.decider.ts';
import { orderRef } from '../../../functions/orders/order.ts';
import { type Charge, charge } from '../../../functions/payments/commands.ts';
import { type PaymentRef, paymentRefOf } from '../../../functions/payments/payment.ts';
import { orderId, ref, start, wanted } from '../../support/payments.ts';
import { type World, world } from '../../support/payments-world.ts';

export const second: PaymentRef = paymentRefOf(orderId, Math.floor(start / 1_000) + 1);

export const pays = (w: World, fields: Partial<Charge> = {}) => charge(w.deps, wanted(fields));
export const settles = (w: World, one: PaymentRef = ref, id = `settled-${one}`): Promise<void> =>
  w.notified(w.gateway.moves(one, 'settlement'), id);
export const inCash = async (w: World): Promise<void> => {
  const command = { fare: rupiah(120_000), inCash: true, at: w.now() };
  await w.deps.store.transition(orderRef(orderId), (order) => finish(command, order));
};
export const statuses = async (w: World): Promise<readonly string[]> =>
  (await w.deps.paymentsOf(orderId)).map(({ state }) => state.standing.status);
/** The first payment expired, the second waits, and the money of the first came late. */
export const lateMoney = async (method: Charge['method'] = 'gopay'): Promise<World> => {
  const w = world();
  await pays(w, { method });
  await w.notified(w.gateway.moves(ref, 'expire'), 'expired');
  await pays(w, { method, key: 'request-2' });
  w.pass(1);
  await settles(w);
  return w;
};
