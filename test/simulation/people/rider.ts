/** A rider: requests a taxi or scans a car's code, may cancel, pays, may pay twice. */
import type { ApiAnswer, Person } from '../world.ts';
import { type App, minute } from './app.ts';
import { carOf, type Driver } from './driver.ts';
import { payer } from './payer.ts';

export const rider = (people: App, i: number, drivers: readonly Driver[]) => {
  const { world, engine, random, habits, insist, between, beat } = people;
  const self: Person = { sub: `rider-${i}`, roles: ['rider'] };
  const pay = payer(people, self);

  const lineOf = (): object => {
    // Prepaid orders came with the pick-up.
    const rents = random.chance(habits.rents) && world.speaks({ method: 'POST', path: '/rides/id/pick-up' });
    return rents ? { serviceLine: 'GB', quote: 1_000 * between(100, 400) } : { serviceLine: 'BB' };
  };
  const hail = async (): Promise<string | undefined> => {
    const named = Array.from({ length: 1 + random.below(3) }, () => random.pick(drivers).self.sub);
    const candidates = [...new Set(named)];
    const body = {
      pickup: { lat: -6.2, lng: 106.8 },
      destination: { lat: -6.3, lng: 106.9 },
      ...lineOf(),
      candidates,
      policy: random.pick(['next', 'close']),
      waveSize: 1 + random.below(candidates.length),
    };
    world.requests.note(`ride ${self.sub}`);
    const answer = await insist(self, { method: 'POST', path: '/rides', body, key: `ride-${i}` });
    const id = answer?.body.rideId;
    if (typeof id !== 'string') return undefined;
    if (random.chance(habits.movesPickup))
      engine.after(beat(between(1_000, minute)), () => {
        const pickup = { lat: -6.21, lng: 106.81, sequence: 1 };
        void insist(self, { method: 'PATCH', path: `/rides/${id}/pickup`, body: pickup });
      });
    if (random.chance(habits.riderCancels))
      engine.after(beat(between(1_000, 30 * minute)), () => {
        void insist(self, { method: 'POST', path: `/rides/${id}/cancel`, body: { reason: 'changed my mind' } });
      });
    return id;
  };
  const scan = async (): Promise<string | undefined> => {
    const n = random.below(drivers.length);
    const body = { car: carOf(n), paymentMethod: 'qris' };
    world.requests.note(`scan ${self.sub}`);
    const once = (): Promise<ApiAnswer | undefined> => insist(self, { method: 'POST', path: '/ezpay', body });
    const attempt = async (): Promise<ApiAnswer | undefined> => {
      const answers = await Promise.all([once(), random.chance(habits.tapsTwice) ? once() : undefined]);
      return answers.find((one) => one && one.status < 300) ?? answers[0];
    };
    const first = await attempt();
    if (first && first.status >= 300) await engine.pause(between(5_000, minute));
    const id = (first && first.status >= 300 ? await attempt() : first)?.body.orderId;
    if (typeof id !== 'string') return undefined;
    void drivers[n]?.onScan(id);
    return id;
  };

  const isToPay = ({ body }: ApiAnswer): boolean | undefined => {
    if (body.status === 'FINISHED') return true;
    if (body.status === 'ACTIVE' && body.serviceLine === 'GB') return true;
    return body.status === 'PAID' || body.status === 'CANCELLED' ? false : undefined;
  };
  /** @returns whether there is something to pay */
  const awaitFare = async (id: string): Promise<boolean> => {
    for (let waited = 0; waited < 180; waited += 1) {
      const order = await insist(self, { method: 'GET', path: `/orders/${id}` });
      const answer = order && isToPay(order);
      if (answer !== undefined) return answer;
      await engine.pause(minute);
    }
    return false;
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
