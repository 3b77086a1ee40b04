/** Rules that once did not hold, each as a scene: what people do, what fails, and what must be true then. */
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { root } from '../../build.ts';
import { builtAssembly } from '../../local/cloud/assembly-cache.ts';
import { blueprint } from './blueprint.ts';
import type { Service } from './faults.ts';
import type { Breach } from './laws/law.ts';
import { hour, minute } from './people/app.ts';
import type { Blueprint } from './plans.ts';
import { driver, operator, rider, type Scene, type SceneOptions, scene } from './scene.ts';
import { flags, start } from './world.ts';

vi.setConfig({ testTimeout: 180_000 });
let plan: Blueprint;
beforeAll(async () => {
  plan = await blueprint(await builtAssembly(root, () => undefined));
}, 180_000);

/** Plays a scene; no law may be broken when it is over. */
const holds = async (script: (scene: Scene) => Promise<void>, options?: SceneOptions): Promise<void> => {
  const broken: readonly Breach[] = await scene(plan)(script, options);
  expect(broken).toEqual([]);
};
const manualRefund = async ({ keyed, requests }: Scene, ref: string, body: object): Promise<string> => {
  requests.note(`refund ${ref}`);
  const { body: changed } = await keyed(operator, `/payments/${ref}/refund`, body);
  const { refunds } = changed.payment as { readonly refunds: readonly { readonly key: string }[] };
  return refunds.at(-1)?.key ?? '';
};

describe('a payment and its order', () => {
  it('[SIM-3][ORD-5] a settlement that comes again after the reversal pays nothing', () =>
    holds(async ({ paid, bank, world, engine, orderIs, get }) => {
      const { id, ref } = await paid(120_000, 'permata_va');
      bank.reverse(ref);
      await orderIs(id, 'FINISHED');
      world.bus.repeat('payment.settled');
      await engine.pause(minute);
      expect((await get(operator, `/orders/${id}`)).body.status).toBe('FINISHED');
    }));

  it('[SIM-3][ORD-5] a refunded order is not PAID', () =>
    holds(async (one) => {
      const { id, ref } = await one.paid(120_000, 'qris');
      one.requests.note(`refund ${ref}`);
      await one.keyed(operator, `/payments/${ref}/refund`, { reason: 'wrong route' });
      await one.orderIs(id, 'FINISHED');
    }));

  it('[SIM-3][ORD-7] money that comes late ends the other way to pay', () =>
    holds(async ({ finished, charge, bank, orderIs }) => {
      const id = await finished(120_000);
      const first = await charge(id, 'bca_va');
      bank.expire(first);
      await charge(id, 'bca_va');
      bank.payAgain(first);
      await orderIs(id, 'PAID');
    }));

  it('[SIM-3][ORD-7] a fare in cash ends the payment that waits', () =>
    holds(async ({ finished, charge, post, orderIs }) => {
      const id = await finished(120_000);
      await charge(id, 'bca_va');
      await post(driver, `/orders/${id}/finish`, { fare: 120_000, inCash: true });
      await orderIs(id, 'PAID');
    }));

  it('[SIM-3][ORD-6] money beyond the fare goes back', () =>
    holds(async ({ finished, charge, bank, post, orderIs }) => {
      const id = await finished(120_000);
      const ref = await charge(id, 'qris');
      await post(driver, `/orders/${id}/finish`, { fare: 120_000, inCash: true });
      await orderIs(id, 'PAID');
      bank.pay(ref);
    }));

  it('[SIM-3][ORD-7] an unknown charge is not sent again when the fare was taken in cash', () =>
    holds(
      async ({ finished, charge, post, engine, world }) => {
        const id = await finished(120_000);
        await engine.pause(minute);
        const ref = await charge(id, 'bca_va');
        await post(driver, `/orders/${id}/finish`, { fare: 120_000, inCash: true });
        await engine.pause(12 * hour);
        expect(world.gateway.transactions().filter(({ orderId }) => orderId === ref)).toEqual([]);
      },
      { faults: { outages: [{ service: 'gateway', from: start + minute, until: start + 2 * hour }] } },
    ));

  it('[SIM-2][DSP-3] a fare in cash shows in the story that the trip ended, and that it was paid', () =>
    holds(async ({ accepted, pickUp, waitFor, get, post, orderIs }) => {
      const id = await accepted();
      await pickUp(id);
      await waitFor('order', async () => ((await get(driver, `/orders/${id}`)).status === 200 ? id : undefined));
      await post(driver, `/orders/${id}/finish`, { fare: 120_000, inCash: true });
      await orderIs(id, 'PAID');
    }));

  it.todo('[SIM-2][ORD-10] an operator corrects a fare');
});

describe('the ledger of a payment', () => {
  it('[SIM-2][ORD-3] what the gateway counts without listing it is a reading', () =>
    holds(async ({ paid, bank, post, left, world }) => {
      const { ref } = await paid(120_000, 'qris');
      world.gateway.alterAnswers(ref, { refunds: [] });
      for (const amount of [20_000, 30_000]) {
        bank.refundOnDashboard(ref, amount);
        await post(operator, `/payments/${ref}/check`);
      }
      expect(left(ref)).toBe(70_000);
    }));

  it('[SIM-2][ORD-4] a reversal closes the refund that a person was to pay', () =>
    holds(async (one) => {
      const { id, ref } = await one.paid(120_000, 'permata_va');
      const key = await manualRefund(one, ref, { reason: 'wrong route' });
      one.bank.reverse(ref);
      await one.orderIs(id, 'FINISHED');
      const paidBack = await one.post(operator, `/payments/${ref}/refunds/${key}/paid-back`, { reference: 'BCA 1' });
      expect(paidBack.status).toBe(409);
      expect(one.openRefunds(ref)).toEqual([]);
    }));

  it('[SIM-2][ORD-4] a second transaction that is refunded already needs no refund', () =>
    holds(async ({ paid, bank, engine, openRefunds }) => {
      const { ref } = await paid(120_000, 'qris');
      bank.payAgain(ref, 'refund');
      await engine.pause(hour);
      expect(openRefunds(ref)).toEqual([]);
    }));

  // The status that is read is that of the second transaction, and says nothing of the refund of the first.
  it('[SIM-3][ORD-4] a refund of an order id that was paid twice comes to an end', () =>
    holds(async (one) => {
      const { ref } = await one.paid(120_000, 'qris');
      one.bank.payAgain(ref);
      await one.engine.pause(hour);
      await manualRefund(one, ref, { reason: 'wrong route' });
    }));

  it('[SIM-2][ORD-3] the second partial chargeback counts', () =>
    holds(async ({ paid, bank, engine, left }) => {
      const { ref } = await paid(120_000, 'card');
      bank.chargeBack(ref, 30_000);
      await engine.pause(hour);
      bank.chargeBack(ref, 70_000);
      await engine.pause(hour);
      expect(left(ref)).toBe(50_000);
    }));

  it('[SIM-2][ORD-3] a dispute that is won brings the money back', () =>
    holds(async ({ paid, bank, engine, left }) => {
      const { ref } = await paid(120_000, 'card');
      bank.chargeBack(ref);
      await engine.pause(hour);
      bank.winDispute(ref);
      await engine.pause(25 * hour);
      expect(left(ref)).toBe(120_000);
    }));

  it.each([1, 2, 3, 4, 5, 6])(
    '[SIM-3][ORD-3] money of an expired order id counts, whatever the clocks of the functions (seed %i)',
    (seed) =>
      holds(
        async ({ finished, charge, bank, engine, orderIs }) => {
          const id = await finished(120_000);
          const ref = await charge(id, 'bca_va');
          bank.expire(ref);
          await engine.pause(1_000);
          bank.payAgain(ref);
          await orderIs(id, 'PAID');
        },
        { seed, faults: { skewMs: 2_000 } },
      ),
  );
});

describe('a ride and its order', () => {
  it('[SIM-2][ORD-1] a cancelled ride is not finished', () =>
    holds(async ({ accepted, post, get, waitFor }) => {
      const id = await accepted();
      await waitFor('order', async () => ((await get(driver, `/orders/${id}`)).status === 200 ? id : undefined));
      await post(rider, `/rides/${id}/cancel`, { reason: 'changed my mind' });
      const finish = await post(driver, `/orders/${id}/finish`, { fare: 950_000 });
      expect(finish.status).toBe(409);
    }));

  it('[SIM-2][ORD-1] a trip under way is not cancelled by its rider', () =>
    holds(async ({ accepted, pickUp, post, get, waitFor }) => {
      const id = await accepted();
      await pickUp(id);
      await waitFor('order', async () => ((await get(driver, `/orders/${id}`)).status === 200 ? id : undefined));
      expect((await post(rider, `/rides/${id}/cancel`, { reason: 'changed my mind' })).status).toBe(409);
      expect((await post(driver, `/orders/${id}/finish`, { fare: 95_000, inCash: true })).status).toBe(200);
    }));

  it('[SIM-3][ORD-1] no order is opened for a ride that was cancelled meanwhile', () =>
    holds(
      async ({ accepted, post, engine }) => {
        const cancelSoon = async (i: number): Promise<void> => {
          const from = { sub: `rider-${i}`, roles: ['rider'] };
          const id = await accepted({ sub: `driver-${i}`, roles: ['driver'] }, from);
          await engine.pause(100 * i);
          await post(from, `/rides/${id}/cancel`, { reason: 'changed my mind' });
        };
        const all = Array.from({ length: 40 }, (_, i) => cancelSoon(i + 1).catch(() => undefined));
        await Promise.all(all);
      },
      { faults: { slow: 0.3, slowMs: 3_000, until: start + 12 * hour } },
    ));

  it('[SIM-3][ORD-12] a trip that nobody finishes has a deadline', () =>
    holds(async ({ accepted, pickUp, device, engine, orderIs, post, world }) => {
      const id = await accepted();
      await pickUp(id);
      const report = device(1);
      report('STARTED');
      await engine.pause(20 * minute);
      report('STOPPED');
      await orderIs(id, 'ACTIVE');
      await engine.pause(hour);
      const order = world.tables.truth.read(world.names.state, { pk: `ORDER#${id}`, sk: 'ORDER' });
      expect(order).toHaveProperty('dueAt');
      expect((await post(operator, `/rides/${id}/cancel`, { reason: 'no trip' })).status).toBe(200);
    }));
});

describe('[SIM-3] an outage', () => {
  const tripDuring =
    (service: Service, lengthMs: number) =>
    async ({ accepted, pickUp, waitFor, get, post, charge, bank, engine, world, orderIs }: Scene): Promise<void> => {
      const id = await accepted();
      await pickUp(id);
      await waitFor('order', async () => ((await get(driver, `/orders/${id}`)).status === 200 ? id : undefined));
      if (service === 'queue' || service === 'gateway') await post(driver, `/orders/${id}/finish`, { fare: 120_000 });
      else world.faults.cut(service, lengthMs);
      await post(driver, `/orders/${id}/finish`, { fare: 120_000 });
      const ref = await charge(id, 'qris');
      if (service === 'queue' || service === 'gateway') world.faults.cut(service, lengthMs);
      bank.pay(ref);
      await engine.pause(lengthMs + 2 * hour);
      await orderIs(id, 'PAID');
      world.queues.redrive();
    };

  it('of the stream for an hour loses nothing [ORD-8]', () => holds(tripDuring('stream', hour)));
  it('of the gateway for an hour loses nothing [ORD-8]', () => holds(tripDuring('gateway', hour)));
  it('of the queues for ten seconds loses nothing [ORD-8]', () => holds(tripDuring('queue', 10_000)));
  it('of the queues for an hour loses nothing [ORD-8]', () => holds(tripDuring('queue', hour)));
  it('of the bus for ten seconds loses nothing [ORD-8]', () => holds(tripDuring('bus', 10_000)));
  it('of the bus for two minutes loses nothing [ORD-8]', () => holds(tripDuring('bus', 2 * minute)));
  it('of the bus for a day loses nothing [ORD-8]', () => holds(tripDuring('bus', 24 * hour)));
});

describe('[SIM-3] messages', () => {
  it('of a deadline days away do not breed [ORD-8]', () =>
    holds(async (one) => {
      const { ref } = await one.paid(120_000, 'permata_va');
      await manualRefund(one, ref, { amount: 20_000, reason: 'wrong route' });
      const timers = one.world.queues.all.find(({ plan: { arn } }) => arn.endsWith('-timers'));
      const before = timers?.sent() ?? 0;
      await one.engine.pause(24 * hour);
      const sent = (timers?.sent() ?? 0) - before;
      expect(sent).toBeLessThan(10);
    }));
});

describe('[SIM-2] a scan', () => {
  it('that was confirmed for a recent trip confirms no other one', () =>
    holds(
      async ({ keyed, onDuty, device, engine, post, requests }) => {
        await onDuty(driver, 1);
        const report = device(1);
        report('STARTED');
        await engine.pause(10_000);
        const scans: unknown[] = [];
        const orders: string[] = [];
        for (let i = 1; i <= 6; i += 1) {
          const by = { sub: `rider-${i}`, roles: ['rider'] };
          requests.note(`scan ${by.sub}`);
          const scanned = await keyed(by, '/ezpay', { car: 'BB1001', paymentMethod: 'qris' });
          scans.push(scanned.body.status);
          if (typeof scanned.body.orderId === 'string') orders.push(scanned.body.orderId);
          if (i === 1) report('STOPPED');
          await engine.pause(100_000);
        }
        expect(scans.filter((status) => status === 'CONFIRMED').length).toBeLessThanOrEqual(3);
        await engine.pause(hour);
        for (const id of orders) await post(operator, `/orders/${id}/finish`, { fare: 50_000, inCash: true });
      },
      { env: { TUNTAS_DEPLOYED_FLAGS: flags({ async: 0, grace: 100, strict: 0 }) } },
    ));
});
