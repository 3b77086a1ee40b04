/** How a rider pays, and what becomes of the money: paid late or twice, refunded, voided, reversed, disputed. */
import type { ApiAnswer, Person } from '../world.ts';
import { type App, hour, minute } from './app.ts';
import { operator } from './operator.ts';

const methods = ['qris', 'gopay', 'bca_va', 'permata_va', 'mandiri_bill', 'card'] as const;

const refOf = (answer: ApiAnswer | undefined): string | undefined =>
  typeof answer?.body.ref === 'string' ? answer.body.ref : undefined;

export const payer = (people: App, self: Person) => {
  const { world, engine, random, habits, insist, between, atBank } = people;
  const { bank } = world.gateway;

  const dispute = (ref: string): void => {
    const first = 1_000 * between(1, 100);
    const total = random.chance(0.4) ? undefined : first;
    atBank(`${ref} charged back`, () => bank.chargeBack(ref, total));
    if (random.chance(0.5))
      engine.after(between(hour, 24 * hour), () => {
        atBank(`${ref} charged back again`, () => bank.chargeBack(ref, first + 1_000 * between(1, 100)));
      });
    if (random.chance(habits.disputesWon))
      engine.after(between(25 * hour, 40 * hour), () => atBank(`${ref} won`, () => bank.winDispute(ref)));
  };
  /** What the bank does with the money later, whatever we know of it. */
  const banksMind = (ref: string): void => {
    const later = (share: number, [least, most]: readonly [number, number], act: () => void): void => {
      if (random.chance(share)) engine.after(between(least, most), act);
    };
    later(habits.bankReverses, [minute, 24 * hour], () => atBank(`${ref} reversed`, () => bank.reverse(ref)));
    later(habits.bankChargesBack, [hour, 36 * hour], () => dispute(ref));
    later(habits.paysAgain, [minute, 24 * hour], () => {
      const status = random.chance(0.5) ? 'settlement' : 'refund';
      atBank(`${ref} paid again: ${status}`, () => bank.payAgain(ref, status));
    });
    later(habits.dashboardRefunds, [hour, 24 * hour], () => {
      atBank(`${ref} refunded on the dashboard`, () => bank.refundOnDashboard(ref, 1_000 * between(1, 50)));
    });
  };
  const supportsMind = async (ref: string, key: string): Promise<void> => {
    if (random.chance(habits.supportVoids)) await insist(operator, { method: 'POST', path: `/payments/${ref}/cancel` });
    if (!random.chance(habits.supportRefunds)) return;
    await engine.pause(between(minute, 24 * hour));
    const amount = random.chance(0.5) ? {} : { amount: 1_000 * between(1, 50) };
    const body = { reason: 'wrong route', ...amount };
    world.requests.note(`refund ${ref}`);
    await insist(operator, { method: 'POST', path: `/payments/${ref}/refund`, body, key: `refund-${key}` });
  };

  /** The app asks while the gateway notifies. */
  const askOften = async (ref: string): Promise<void> => {
    for (let times = 0; times < 5; times += 1) {
      void insist(self, { method: 'POST', path: `/payments/${ref}/check` });
      await engine.pause(between(50, 1_500));
    }
  };

  return async (id: string, key: string): Promise<void> => {
    const method = random.pick(methods);
    const body = { method, ...(method === 'card' ? { cardToken: bank.cardToken() } : {}) };
    world.requests.note(`payment ORDER#${id}`);
    const ref = refOf(await insist(self, { method: 'POST', path: `/orders/${id}/payments`, body, key }));
    if (ref === undefined) return;
    await engine.pause(between(1_000, random.chance(0.1) ? 30 * hour : 10 * minute));
    if (random.chance(habits.neverPays)) return;
    atBank(`${ref} paid`, () => bank.pay(ref));
    if (random.chance(habits.tapsTwice)) void askOften(ref);
    banksMind(ref);
    await supportsMind(ref, key);
  };
};
