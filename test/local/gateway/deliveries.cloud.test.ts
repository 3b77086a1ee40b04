/** How notifications arrive: time-outs, budgets and gaps (midtrans.md §6). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { charges, type Running, startGateway } from './gateway.fixture.ts';

const minute = 60_000;
/** All five gaps, each at its longest. */
const allDay = 24 * 60 * minute;

let gateway: Running;
beforeEach(async () => {
  gateway = await startGateway();
});
afterEach(() => gateway.stop());

/** A transaction whose state does not change during the retries. */
const charge = (headers?: Record<string, string>): Promise<unknown> =>
  gateway.charge({ ...charges.va('bca', 'INV-1'), custom_expiry: { expiry_duration: 30, unit: 'day' } }, headers);

const log = () => gateway.control.notifications('INV-1');
const attempts = () => log().map(({ attempts }) => attempts.map(({ answered }) => answered));
const outcomes = () => log().map(({ outcome }) => outcome);

describe('an answer', () => {
  it.each([200, 201, 202, 204])('%s ends it', async (status) => {
    gateway.merchant.answers.push(status);
    await charge();
    await gateway.control.idle();
    expect([attempts(), outcomes()]).toEqual([[[status]], ['delivered']]);
  });

  it.each([
    [500, 2],
    [400, 3],
    [404, 3],
    [503, 5],
    [401, 6],
    [403, 6],
    [409, 6],
    [422, 6],
    [429, 6],
    [502, 6],
    [504, 6],
    [301, 1],
    [302, 1],
    [303, 1],
  ])('%s, always, makes %s attempts in all', async (status, times) => {
    gateway.merchant.answers.push(...Array(10).fill(status));
    await charge();
    await gateway.control.idle();
    await gateway.control.advance(allDay);
    expect([attempts(), outcomes()]).toEqual([[Array(times).fill(status)], ['given-up']]);
  });

  it('that is good at the third attempt ends it there', async () => {
    gateway.merchant.answers.push(503, 503, 200);
    await charge();
    await gateway.control.idle();
    expect(outcomes()).toEqual(['waiting']);
    await gateway.control.advance(allDay);
    expect([attempts(), outcomes()]).toEqual([[[503, 503, 200]], ['delivered']]);
  });

  it('that turns to 500 uses up the smaller budget', async () => {
    gateway.merchant.answers.push(503, 503, 500, 200);
    await charge();
    await gateway.control.idle();
    await gateway.control.advance(allDay);
    expect([attempts(), outcomes()]).toEqual([[[503, 503, 500]], ['given-up']]);
  });

  it('that never arrives makes 6 attempts in all', async () => {
    const impatient = await startGateway({ deliveryTimeoutMs: 80 });
    impatient.merchant.answers.push(...Array(10).fill('hang'));
    await impatient.charge({ ...charges.va('bca', 'INV-1'), custom_expiry: { expiry_duration: 30, unit: 'day' } });
    await impatient.control.idle();
    await impatient.control.advance(allDay);
    const [delivery] = impatient.control.notifications('INV-1');
    await impatient.stop();
    expect(delivery?.attempts.map(({ answered }) => answered)).toEqual(Array(6).fill('timeout'));
    expect(delivery?.outcome).toBe('given-up');
  });
});

describe('an unreachable merchant', () => {
  it('is tried six times', async () => {
    await gateway.merchant.stop();
    await charge();
    await gateway.control.idle();
    await gateway.control.advance(allDay);
    expect([attempts(), outcomes()]).toEqual([[Array(6).fill('unreachable')], ['given-up']]);
  });
});

describe('the gaps between attempts', () => {
  const gaps = (): number[] => {
    const times = log()[0]?.attempts.map(({ at }) => at) ?? [];
    return times.slice(1).map((at, index) => (at - (times[index] ?? 0)) / minute);
  };

  it('are 2, 10, 30, 90 and 210 minutes, each between a quarter and five quarters of it', async () => {
    gateway.merchant.answers.push(...Array(10).fill(502));
    await charge();
    await gateway.control.idle();
    await gateway.control.advance(allDay);
    const bounds = [2, 10, 30, 90, 210];
    expect(gaps()).toHaveLength(5);
    gaps().forEach((gap, index) => {
      expect(gap).toBeGreaterThanOrEqual((bounds[index] ?? 0) * 0.25);
      expect(gap).toBeLessThanOrEqual((bounds[index] ?? 0) * 1.25);
    });
  });

  it('can be a minute each, as on another page', async () => {
    // According to another page of the documentation.
    const flat = await startGateway({ retryGaps: [1, 1, 1, 1, 1] });
    flat.merchant.answers.push(...Array(10).fill(502));
    await flat.charge(charges.va('bca', 'INV-1'));
    await flat.control.idle();
    await flat.control.advance(7 * minute);
    expect(flat.control.notifications('INV-1')[0]?.attempts).toHaveLength(6);
    await flat.stop();
  });

  it('pass faster at another scale', async () => {
    const fast = await startGateway({ scale: 6_000 });
    fast.merchant.answers.push(503);
    await fast.charge(charges.va('bca', 'INV-1'));
    await fast.control.idle();
    const answersOf = () => fast.control.notifications('INV-1')[0]?.attempts.map(({ answered }) => answered);
    await expect.poll(answersOf, { timeout: 10_000 }).toEqual([503, 200]);
    await fast.stop();
  });

  it('repeat with the same seed', async () => {
    const run = async (): Promise<(number | undefined)[]> => {
      const one = await startGateway({ seed: 7 });
      one.merchant.answers.push(503);
      await one.charge(charges.va('bca', 'INV-1'));
      await one.control.idle();
      const [delivery] = one.control.notifications('INV-1');
      await one.stop();
      return [Math.round(((delivery?.nextAttemptAt ?? 0) - (delivery?.attempts[0]?.at ?? 0)) / 1_000)];
    };
    expect(await run()).toEqual(await run());
  });
});
