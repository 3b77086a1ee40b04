/** [ORD-8] Orders stored before November 2026: each is read, and every command on it behaves. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Rupiah, rupiah } from '../../functions/kernel/rupiah.ts';
import { instant, type OrderId } from '../../functions/kernel/types.ts';
import { cancel, finish, takePayment } from '../../functions/orders/order.decider.ts';
import { heldTotal, owedTotal, surplusOf } from '../../functions/orders/order.money.ts';
import { type Order, orderRef, type Share } from '../../functions/orders/order.ts';
import { upgraded } from '../../functions/orders/order.upgrade.ts';
import { stored } from '../../functions/platform/item.ts';

const folder = 'test/samples/orders';
const names = readdirSync(folder).filter((name) => name.startsWith('order-'));
const orderIn = (name: string): Order => {
  const item = JSON.parse(readFileSync(join(folder, name), 'utf8'));
  return stored<Order>(orderRef('TNT-20261122-0000000' as OrderId).aggregate, item).state as Order;
};
const at = instant(Date.UTC(2026, 10, 23));
const share = (amount: Rupiah, fields: Partial<Share> = {}): Share => ({
  purpose: 'base',
  method: 'gopay',
  amount,
  version: 3,
  left: amount,
  returning: rupiah(0),
  isOpen: false,
  ...fields,
});

describe('an order in the shape of before', () => {
  it('is there in each status', () => {
    expect(new Set(names.map((name) => orderIn(name).status))).toEqual(
      new Set(['ACTIVE', 'FINISHED', 'PAID', 'CANCELLED']),
    );
  });

  it.each(names)('%s is read with its money', (name) => {
    const order = orderIn(name);
    const fare = 'fare' in order ? order.fare : 0;
    expect([owedTotal(order), heldTotal(order), surplusOf(order)]).toEqual([
      fare,
      order.status === 'PAID' ? fare : 0,
      0,
    ]);
  });

  it.each(names)('%s takes what it does not own twice: more than is owed is a surplus', (name) => {
    const decision = takePayment('TNT-20261122-0000000-1795291999', share(rupiah(5_000)), at, orderIn(name));
    expect(decision.outcome).toBe('happened');
    const surplus = decision.outcome === 'happened' ? surplusOf(decision.state) : undefined;
    expect(surplus).toBe(orderIn(name).status === 'FINISHED' ? 0 : 5_000);
  });

  it('that is finished is paid by what its payment says', () => {
    const order = orderIn('order-finished.json');
    const fare = order.status === 'FINISHED' ? order.fare : rupiah(0);
    expect(takePayment('ref', share(fare), at, order)).toMatchObject({ state: { status: 'PAID', paymentRef: 'ref' } });
    expect(finish({ fare, inCash: true, at }, order)).toMatchObject({
      state: { status: 'PAID', cash: { base: fare } },
    });
  });

  it('that is paid knows of its payment from the first version on', () => {
    const order = orderIn('order-paid.json');
    const [ref, fare] = order.status === 'PAID' ? [order.paymentRef, order.fare] : ['', rupiah(0)];
    expect(takePayment(ref, share(fare, { version: 1 }), at, order)).toMatchObject({
      state: { status: 'PAID', payments: { [ref]: { method: 'gopay', version: 1 } } },
    });
    expect(takePayment(ref, share(fare, { left: rupiah(0) }), at, order)).toMatchObject({
      state: { status: 'FINISHED' },
      facts: [{ type: 'order.unpaid' }],
    });
  });

  it('that is paid holds its fare, in cash or by its payment', () => {
    const order = orderIn('order-paid.json');
    const { owed: _, cash: __, payments: ___, ...former } = order;
    const paymentRef = order.status === 'PAID' ? order.paymentRef : '';
    expect([order.cash, order.payments]).toEqual([
      {},
      {
        [paymentRef]: {
          purpose: 'base',
          method: 'unknown',
          amount: 62_000,
          version: 0,
          left: 62_000,
          returning: 0,
          isOpen: false,
        },
      },
    ]);
    expect(upgraded({ ...former, paymentRef: `${order.orderId}-cash` })).toMatchObject({
      owed: { base: 62_000 },
      cash: { base: 62_000 },
      payments: {},
    });
  });

  it('that is under way is finished or cancelled', () => {
    const order = orderIn('order-active.json');
    expect(finish({ fare: rupiah(60_000), at }, order)).toMatchObject({ state: { status: 'FINISHED' } });
    expect(cancel({ reason: 'late', at }, order)).toMatchObject({ state: { status: 'CANCELLED', owed: {} } });
  });
});
