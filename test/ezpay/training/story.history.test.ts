/** The examples in the events of a stack's Story. */
import { describe, expect, it } from 'vitest';
import { examplesIn, storyHistory } from '../../../functions/ezpay/training/story.history.ts';
import { toItem } from '../../../functions/platform/dynamo.ts';
import type { Dynamo } from '../../../functions/platform/ports.ts';
import { at } from '../../support/ezpay.ts';

describe('the history of a stack', () => {
  const envelope = {
    orderId: 'TNT-20261121-0000001',
    riderId: 'customer-1',
    car: 'B1234XYZ',
    mode: 'async',
  };
  const line = (type: string, version: number, minutes: number, more: object = {}) => ({
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

  it('[EZP-11] has each moment at which a scan was judged, with the final verdict of the argo', () => {
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
  ])('[EZP-11] ends with %s', (_, lines, ran) => {
    expect(examplesIn([waiting, ...lines], later).map((one) => one.ran)).toEqual([ran]);
  });

  it('[EZP-11] leaves out what reports may still decide, and what was not followed', () => {
    expect(examplesIn([waiting], at(9 * 60 - 1))).toEqual([]);
    expect(examplesIn([waiting, line('ezpay.cancelled', 2, 1, { reason: 'SCANNED_OTHER_CAR' })], later)).toEqual([]);
    expect(
      examplesIn([line('ezpay.confirmed', 1, 0, { by: 'argo', paymentMethod: 'gopay', waitedMs: 0 })], later),
    ).toEqual([]);
  });

  it('[EZP-11] counts the argo that confirms, and no other witness', () => {
    const confirmed = (by: string, more: object = {}) =>
      line('ezpay.confirmed', 3, 4, { by, paymentMethod: 'gopay', waitedMs: 240_000, ...more });
    expect(examplesIn([waiting, confirmed('argo')], later)).toMatchObject([{ ran: true, provedAt: at(4) }]);
    const predicted = examplesIn([waiting, confirmed('predictor', { probability: 0.9, model: 'v1' })], later);
    expect(predicted).toMatchObject([{ ran: false }]);
    expect(predicted[0]?.provedAt).toBeUndefined();
  });

  it('[EZP-11] has no time of a proof that was taken back', () => {
    const taken = [line('ezpay.verified', 3, 20), line('ezpay.contradicted', 4, 30)];
    expect(examplesIn([waiting, ...taken], later)[0]).toMatchObject({ ran: false, provedAt: undefined });
  });

  it('[EZP-11] waits nine hours for reports, and keeps what another reason cancelled', () => {
    expect(examplesIn([waiting], at(9 * 60))).toHaveLength(1);
    const denied = line('ezpay.cancelled', 2, 1, { reason: 'DRIVER_DENIED' });
    expect(examplesIn([waiting, denied], later)).toHaveLength(1);
  });

  it('[EZP-11] skips what is no event of a scan, and a scan that was not judged', () => {
    const unjudged = line('ezpay.waiting', 1, 0, { askAt: new Date(at(5)).toISOString() });
    expect(examplesIn([{ type: 'ezpay.unheard-of' }, unjudged], later)).toEqual([]);
  });

  it('[EZP-11] is read page by page, an order over two pages as one', async () => {
    const other = { ...waiting, orderId: 'TNT-20261121-0000002', id: 'TNT-20261121-0000002/EZPAY/1' };
    const asked: unknown[] = [];
    const pages = [
      { Items: [waiting, other].map(toItem), LastEvaluatedKey: toItem({ pk: 'next' }) },
      { LastEvaluatedKey: toItem({ pk: 'last' }) },
      { Items: [line('ezpay.verified', 3, 20)].map(toItem) },
    ];
    const send = async ({ input }: { input: { TableName?: string; ExclusiveStartKey?: unknown } }) => {
      asked.push([input.TableName, input.ExclusiveStartKey]);
      return pages[asked.length - 1];
    };
    const found = await storyHistory({ dynamo: { send } as unknown as Dynamo, now: () => later }, 'Story');
    expect(found.map(({ orderId, ran }) => [orderId, ran])).toEqual([
      ['TNT-20261121-0000001', true],
      ['TNT-20261121-0000002', false],
    ]);
    expect(asked).toEqual([
      ['Story', undefined],
      ['Story', { pk: { S: 'next' } }],
      ['Story', { pk: { S: 'last' } }],
    ]);
  });
});
