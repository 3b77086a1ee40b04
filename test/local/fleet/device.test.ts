/** The messages of a simulated fleet: on their way as their profile describes. */
import { describe, expect, it } from 'vitest';
import { deviceMessage } from '../../../functions/ezpay/meter-reports.worker.ts';
import { instant } from '../../../functions/kernel/types.ts';
import { type Delivery, deliveriesOf } from '../../../local/fleet/device.ts';
import { fleet, type Life } from '../../../local/fleet/fleet.ts';
import type { ProfileName } from '../../../local/fleet/profiles.ts';

const day = { seed: 1, cars: 20, from: instant(Date.parse('2026-11-20T00:00:00Z')), hours: 24 };
const minute = 60_000;
const lives = (options = day): readonly Life[] => {
  const { cars, lifeOf } = fleet(options);
  return cars.map(lifeOf);
};
const messages = (profile: ProfileName, options = day): readonly Delivery[] =>
  lives(options).flatMap((life) => deliveriesOf(life, { ...options, profile }));
const lagsOf = (deliveries: readonly Delivery[]): readonly number[] =>
  deliveries
    .filter(({ message }) => message.kind !== 'PING')
    .map(({ happenedAt, arrivesAt }) => arrivesAt - happenedAt)
    .toSorted((a, b) => a - b);
const share = (lags: readonly number[], above: number): number =>
  lags.filter((lag) => lag > above).length / lags.length;

describe('the messages of devices', () => {
  it('are valid for the worker', () => {
    for (const { car, device, message, arrivesAt } of messages('mixed'))
      expect(deviceMessage.safeParse({ ...message, car, device, receivedAt: arrivesAt }).success).toBe(true);
  });

  it('arrive after they were sent, in order of arrival per car', () => {
    for (const life of lives()) {
      const deliveries = deliveriesOf(life, { ...day, profile: 'mixed' });
      expect(
        deliveries.every(
          ({ happenedAt, arrivesAt }, i) => arrivesAt > happenedAt && arrivesAt >= (deliveries[i - 1]?.arrivesAt ?? 0),
        ),
      ).toBe(true);
    }
  });

  it('are on time in a healthy fleet and have a heavy tail in a mixed one', () => {
    const [healthy, mixed] = [
      lagsOf(messages('healthy', { ...day, cars: 100 })),
      lagsOf(messages('mixed', { ...day, cars: 100 })),
    ];
    expect(share(healthy, minute)).toBeLessThan(0.01);
    expect(share(mixed, minute)).toBeGreaterThan(0.03);
    expect(share(mixed, 20 * minute)).toBeGreaterThan(0.003);
  });

  it('come twice, after later ones, from wrong clocks, with sequences that begin again, or never', () => {
    const options = { ...day, cars: 100 };
    const [mine, plain] = [
      messages('mixed', options),
      lives(options).flatMap(({ trips }) => trips.filter(({ argo }) => argo)),
    ];
    const reports = mine.filter(({ message }) => message.kind !== 'PING');
    const keyOf = ({ car, message }: Delivery): string =>
      `${car} ${message.boot} ${message.sequence} ${message.deviceTime}`;
    const distinct = new Set(reports.map(keyOf));
    expect(distinct.size).toBeLessThan(reports.length);
    expect(distinct.size).toBeLessThan(2 * plain.length);
    expect(mine.some((one, i) => mine[i - 1]?.car === one.car && (mine[i - 1]?.happenedAt ?? 0) > one.happenedAt)).toBe(
      true,
    );
    expect(mine.some(({ message, happenedAt }) => message.deviceTime < 86_400_000 && happenedAt > 86_400_000)).toBe(
      true,
    );
    expect(
      mine.some(
        ({ message, happenedAt }) =>
          Math.abs(message.deviceTime - happenedAt) < 91 * minute && message.deviceTime - happenedAt > 5 * minute,
      ),
    ).toBe(true);
    expect(mine.some(({ message }) => (message.boot ?? 0) > 1 && message.sequence === 1)).toBe(true);
    expect(
      mine.some(
        ({ message }, i) => message.boot === undefined && message.sequence < (mine[i - 1]?.message.sequence ?? 0) - 64,
      ),
    ).toBe(true);
  });

  it('[EZP-7] in the incident leave most cars at 04:36 that should have left from 03:44 on', () => {
    const [from, to] = [Date.parse('2026-11-20T20:44:00Z'), Date.parse('2026-11-20T21:36:00Z')];
    const late = messages('incident', { ...day, cars: 200 }).filter(
      ({ message, happenedAt }) => message.kind !== 'PING' && happenedAt >= from && happenedAt < to - 2 * minute,
    );
    const held = late.filter(({ arrivesAt }) => arrivesAt >= to);
    expect(held.length / late.length).toBeGreaterThan(0.45);
    expect(held.length / late.length).toBeLessThan(0.8);
  });

  it('are overtaken now and then by later ones, in a healthy fleet too', () => {
    const first = new Map<string, number>();
    for (const { car, message, happenedAt, arrivesAt } of messages('healthy', { ...day, cars: 100 })) {
      const key = `${car} ${message.kind} ${happenedAt}`;
      if (message.kind === 'PING') first.set(key, Math.min(first.get(key) ?? arrivesAt, arrivesAt));
    }
    const lags = [...first].map(([key, arrivesAt]) => arrivesAt - Number(key.split(' ')[2]));
    expect(share(lags, 15_000)).toBeGreaterThan(0.0003);
    expect(share(lags, 15_000)).toBeLessThan(0.005);
  });

  it('give a position each minute on the move, each five minutes otherwise', () => {
    const [life] = lives();
    if (!life) throw new Error('there is no car');
    const times = deliveriesOf(life, { ...day, profile: 'healthy' })
      .filter(({ message }) => message.kind === 'PING')
      .map(({ happenedAt }) => happenedAt);
    const gapsIn = (moving: boolean) =>
      life.stretches
        .filter((stretch) => stretch.moving === moving)
        .flatMap(({ from, to }) => {
          const inside = [...new Set(times.filter((at) => at >= from && at < to))].sort((a, b) => a - b);
          return inside.slice(1).map((at, i) => at - (inside[i] ?? 0));
        });
    expect(Math.min(...gapsIn(true))).toBe(minute);
    expect(Math.min(...gapsIn(false))).toBe(5 * minute);
  });

  it('lack the positions of a time without coverage', () => {
    const gaps = lives({ ...day, cars: 50 }).flatMap((life) => {
      const sequences = deliveriesOf(life, { ...day, profile: 'mixed' })
        .toSorted((a, b) => a.happenedAt - b.happenedAt)
        .map(({ message }) => message.sequence);
      return sequences.slice(1).map((sequence, i) => sequence - (sequences[i] ?? 0));
    });
    expect(gaps.filter((gap) => gap > 3).length).toBeGreaterThan(10);
  });
});
