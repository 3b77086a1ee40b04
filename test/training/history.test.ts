/** Histories: of the simulated fleet, played through the real commands, and of a stack's Story. */
import { describe, expect, it } from 'vitest';
import { instant } from '../../functions/kernel/types.ts';
import { deliveriesOf } from '../../local/fleet/device.ts';
import { livesOf, onlyWatching, simulated } from '../../training/history.ts';
import { playCar } from '../../training/play.ts';
import { examplesIn, type Line } from '../../training/stored.history.ts';
import { TooLittle, train } from '../../training/train.ts';
import { at } from '../support/ezpay.ts';

const small = { seed: 3, cars: 40, days: 14, profile: 'mixed' } as const;

describe('a simulated history', () => {
  it('[EZP-11] is the same from the same seed, and so is the model that learns from it, to the last digit', async () => {
    const [first, second] = [await simulated(small), await simulated(small)];
    expect(second).toEqual(first);
    const model = () => JSON.stringify(train(first, { source: 'simulated', ...small }, 0.98));
    expect(model()).toBe(model());
  }, 60_000);

  it('[EZP-11] too small to learn from is refused', async () => {
    const few = await simulated({ ...small, cars: 2, days: 1 });
    expect(() => train(few, { source: 'simulated' }, 0.98)).toThrow(TooLittle);
  });

  it('[EZP-11] ends each order as the fleet drove: nobody is confirmed by an argo that did not run', async () => {
    const [life] = livesOf({ seed: 5, cars: 1, days: 10 });
    if (!life) throw new Error('there is no car');
    const journey = {
      seed: 5,
      from: instant(Date.parse('2026-09-07T00:00:00+07:00')),
      hours: 240,
      profile: 'healthy',
    } as const;
    const ended = await playCar(life, deliveriesOf(life, journey), { mode: 'async', predictor: onlyWatching });
    expect(ended).toHaveLength(life.scans.length);
    const ran = ({ scan }: (typeof ended)[number]) =>
      life.trips.some(({ argo }) => argo && scan.at >= argo.startedAt - 300_000 && scan.at <= argo.stoppedAt);
    const wrong = ended.filter((one) => one.witness === 'argo' && !ran(one));
    expect(wrong).toEqual([]);
    expect(ended.filter(({ witness }) => witness === 'argo').length).toBeGreaterThan(20);
  });
});

describe('a stored history', () => {
  const envelope = {
    pk: 'ORDER#TNT-20261121-0000001',
    orderId: 'TNT-20261121-0000001',
    riderId: 'customer-1',
    car: 'B1234XYZ',
    mode: 'async',
  };
  const line = (type: string, version: number, minutes: number, more: object = {}): Line => ({
    ...envelope,
    id: `TNT-20261121-0000001/EZPAY/${version}`,
    type,
    version,
    at: new Date(at(minutes)).toISOString(),
    scannedAt: new Date(at(0)).toISOString(),
    legacyState: 1,
    ...more,
  });
  const evidence = { waited: 0, hour: 3, lags: [1_000] };
  const judgement = { probability: 0.7, model: 'v1', evidence };
  const waiting = line('ezpay.waiting', 1, 0, { askAt: new Date(at(5)).toISOString(), ...judgement });
  const judged = line('ezpay.judged', 2, 2, { ...judgement, evidence: { ...evidence, waited: 120_000 } });
  const later = at(10 * 60);

  it('[EZP-11] has each moment at which a scan was judged, with what the argo said in the end', () => {
    const wronglyFailed = line('ezpay.wrongly-failed', 5, 52);
    expect(examplesIn([wronglyFailed, judged, waiting], later)).toEqual([
      {
        orderId: envelope.orderId,
        car: 'B1234XYZ',
        scannedAt: at(0),
        at: at(0),
        evidence,
        ran: true,
        provedAt: at(52),
      },
      {
        orderId: envelope.orderId,
        car: 'B1234XYZ',
        scannedAt: at(0),
        at: at(2),
        evidence: { ...evidence, waited: 120_000 },
        ran: true,
        provedAt: at(52),
      },
    ]);
  });

  it.each([
    ['nothing', [], false],
    [
      'a later report that takes it back',
      [line('ezpay.wrongly-failed', 3, 20), line('ezpay.rightly-failed', 4, 30)],
      false,
    ],
    ['the proof of an early confirmation', [line('ezpay.verified', 3, 20)], true],
    ['no proof of an early confirmation', [line('ezpay.unproven', 3, 120)], false],
    ['a contradiction', [line('ezpay.verified', 3, 20), line('ezpay.contradicted', 4, 30)], false],
  ])('[EZP-11] takes %s for the last word', (_, lines, ran) => {
    expect(examplesIn([waiting, ...lines], later).map((one) => one.ran)).toEqual([ran]);
  });

  it('[EZP-11] leaves out what reports may still decide, and what nobody followed', () => {
    expect(examplesIn([waiting], at(9 * 60 - 1))).toEqual([]);
    expect(examplesIn([waiting, line('ezpay.cancelled', 2, 1, { reason: 'SCANNED_OTHER_CAR' })], later)).toEqual([]);
    expect(
      examplesIn([line('ezpay.confirmed', 1, 0, { by: 'argo', paymentMethod: 'gopay', waitedMs: 0 })], later),
    ).toEqual([]);
  });
});
