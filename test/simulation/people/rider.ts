/** A rider: asks for a taxi or scans a car's code, may cancel, pays, may pay twice; their bank may take the money back. */
import type { ApiAnswer, Person } from '../world.ts';
import { type App, hour, minute } from './app.ts';
import { carOf, type Driver } from './driver.ts';
import { operator } from './operator.ts';

const methods = ['qris', 'gopay', 'bca_va', 'permata_va', 'mandiri_bill'] as const;

export const rider = (people: App, i: number, drivers: readonly Driver[]) => {
  const { world, engine, random, habits, insist, between, atBank } = people;
  const { control } = world.gateway;
  const self: Person = { sub: `rider-${i}`, roles: ['rider'] };

  const hail = async (): Promise<string | undefined> => {
    const named = Array.from({ length: 1 + random.below(3) }, () => random.pick(drivers).self.sub);
    const candidates = [...new Set(named)];
    const body = {
      pickup: { lat: -6.2, lng: 106.8 },
      destination: { lat: -6.3, lng: 106.9 },
      serviceLine: 'BB',
      candidates,
      policy: random.pick(['next', 'close']),
      waveSize: 1 + random.below(candidates.length),
    };
    const answer = await insist(self, { method: 'POST', path: '/rides', body, key: `ride-${i}` });
    const id = answer?.body.rideId;
    if (typeof id !== 'string') return undefined;
    if (random.chance(habits.riderCancels))
      engine.after(between(1_000, 30 * minute), () => {
        void insist(self, { method: 'POST', path: `/rides/${id}/cancel`, body: { reason: 'changed my mind' } });
      });
    return id;
  };
  const scan = async (): Promise<string | undefined> => {
    const n = random.below(drivers.length);
    const body = { car: carOf(n), paymentMethod: 'qris' };
    const answer = await insist(self, { method: 'POST', path: '/ezpay', body, key: `scan-${i}` });
    const id = answer?.body.orderId;
    if (typeof id !== 'string') return undefined;
    void drivers[n]?.onScan(id);
    return id;
  };

  /** @returns whether there is something to pay */
  const awaitFare = async (id: string): Promise<boolean> => {
    for (let waited = 0; waited < 180; waited += 1) {
      const order = await insist(self, { method: 'GET', path: `/orders/${id}` });
      const status = order?.body.status;
      if (status === 'FINISHED') return true;
      if (status === 'PAID' || status === 'CANCELLED') return false;
      await engine.pause(minute);
    }
    return false;
  };

  const refOf = (answer: ApiAnswer | undefined): string | undefined =>
    typeof answer?.body.ref === 'string' ? answer.body.ref : undefined;

  const pay = async (id: string, key: string): Promise<void> => {
    const body = { method: random.pick(methods) };
    const ref = refOf(await insist(self, { method: 'POST', path: `/orders/${id}/payments`, body, key }));
    if (ref === undefined) return;
    await engine.pause(between(1_000, random.chance(0.1) ? 30 * hour : 10 * minute));
    if (random.chance(habits.neverPays)) return;
    atBank(`${ref} paid`, () => control.pay(ref));
    if (random.chance(habits.bankReverses))
      engine.after(between(minute, 24 * hour), () => atBank(`${ref} reversed`, () => control.reverse(ref)));
    if (random.chance(habits.bankChargesBack))
      engine.after(between(hour, 48 * hour), () => atBank(`${ref} charged back`, () => control.chargeback(ref)));
    if (!random.chance(habits.supportRefunds)) return;
    await engine.pause(between(minute, 24 * hour));
    const amount = random.chance(0.5) ? {} : { amount: 1_000 * between(1, 50) };
    const refund = { reason: 'wrong route', ...amount };
    await insist(operator, { method: 'POST', path: `/payments/${ref}/refund`, body: refund, key: `refund-${key}` });
  };

  return async (): Promise<void> => {
    const id = await (random.chance(habits.scans) ? scan() : hail());
    if (id === undefined) return;
    people.orders.add(id);
    if (!(await awaitFare(id))) return;
    const again = random.chance(habits.paysTwice) ? pay(id, `again-${i}`) : undefined;
    await pay(id, `pay-${i}`);
    await again;
  };
};
