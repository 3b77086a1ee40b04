/** A fleet laid out on the clock of a replay. */
import { describe, expect, it } from 'vitest';
import { instant } from '../../../functions/kernel/types.ts';
import { deliveriesOf } from '../../../local/fleet/device.ts';
import { fleet } from '../../../local/fleet/fleet.ts';
import { modelTimeOf, type Step, scheduleOf } from '../../../local/fleet/schedule.ts';

const from = instant(Date.parse('2026-11-20T20:00:00.000Z'));
const begins = Date.parse('2026-11-21T06:00:00.000Z');
const options = { seed: 1, cars: 40, from, hours: 2, profile: 'incident', scale: 60, begins } as const;
const steps = scheduleOf(options);
const published = (all: readonly Step[]) => all.filter((step) => step.does === 'publish');

describe('a fleet at an hour per minute', () => {
  it('has its steps in order, all within two minutes', () => {
    expect(steps.map(({ at }) => at)).toEqual(steps.map(({ at }) => at).toSorted((a, b) => a - b));
    expect([steps.at(0)?.at ?? 0, steps.at(-1)?.at ?? 0].map((at) => at >= begins && at <= begins + 120_000)).toEqual([
      true,
      true,
    ]);
  });

  it('publishes each message 60 times as soon, and as late in proportion', () => {
    const messages = fleet(options).cars.map((car) => deliveriesOf(fleet(options).lifeOf(car), options));
    const late = messages
      .flat()
      .find(({ message, happenedAt, arrivesAt }) => message.kind === 'STARTED' && arrivesAt - happenedAt > 20 * 60_000);
    if (!late) throw new Error('the incident delays nothing');
    const step = published(steps).find(
      ({ delivery }) => delivery.happenedAt === late.happenedAt && delivery.car === late.car,
    );
    expect(step?.at).toBeCloseTo(begins + (late.arrivesAt - from) / 60, -1);
    expect((step?.at ?? 0) - (step?.delivery.message.deviceTime ?? 0)).toBeCloseTo(
      (late.arrivesAt - late.message.deviceTime) / 60,
      -1,
    );
  });

  it('has drivers answer 60 times as soon', () => {
    const scans = steps.filter((step) => step.does === 'scan').filter(({ scan }) => scan.answer);
    expect(scans.length).toBeGreaterThan(0);
    for (const { scan, answerAfterMs } of scans)
      expect(answerAfterMs).toBe(Math.round((scan.answer?.afterMs ?? 0) / 60));
  });

  it('leaves a clock that was never set in 1970', () => {
    const unset = published(scheduleOf({ ...options, cars: 100, hours: 24 })).filter(
      ({ delivery }) => delivery.message.deviceTime < 86_400_000,
    );
    expect(unset.length).toBeGreaterThan(0);
  });

  it('puts a driver in a car before a customer scans there', () => {
    const isDriven = new Set<string>();
    for (const step of steps) {
      if (step.does === 'drive') isDriven.add(step.car);
      if (step.does === 'scan') expect([...isDriven]).toContain(step.scan.car);
    }
    expect(isDriven.size).toBeGreaterThan(20);
  });

  it('gives the model’s time of any moment', () => {
    expect(modelTimeOf(options, begins + 44_000)).toBe(Date.parse('2026-11-20T20:44:00.000Z'));
  });
});
