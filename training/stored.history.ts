/** The history of a stack, from its Story: what was judged of each scan, and what the argo said of it later. */
import { type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import { ezpayConfirmed, ezpayJudged, ezpayRefused, ezpayWaiting } from '../events/ezpay.ts';
import type { Evidence } from '../functions/ezpay/predictor.ts';
import { type Instant, instant } from '../functions/kernel/types.ts';
import { fromItem, toItem } from '../functions/platform/dynamo.ts';
import type { Example } from './history.ts';

/** A report that comes later than this after a scan no longer counts for it. */
const settled = 9 * 3_600_000;

const line = z.object({ pk: z.string(), type: z.string(), version: z.number(), at: z.string() });
export type Line = z.infer<typeof line> & Readonly<Record<string, unknown>>;
const judging = z.discriminatedUnion('type', [ezpayWaiting, ezpayRefused, ezpayConfirmed, ezpayJudged]);

/** What each event says about the argo's having run: the last one holds. */
const verdicts: Readonly<Record<string, (line: Line) => boolean | undefined>> = {
  'ezpay.confirmed': ({ by }) => (by === 'argo' ? true : undefined),
  'ezpay.verified': () => true,
  'ezpay.wrongly-failed': () => true,
  'ezpay.contradicted': () => false,
  'ezpay.rightly-failed': () => false,
};

/**
 * The examples in the lines of one order. None while reports may still come, nor for an order that was given up for another car: nobody
 * followed its trip.
 */
export const examplesIn = (lines: readonly Line[], now: Instant): readonly Example[] => {
  const told = lines.toSorted((a, b) => a.version - b.version);
  if (told.some(({ type, reason }) => type === 'ezpay.cancelled' && reason === 'SCANNED_OTHER_CAR')) return [];
  let [ran, provedAt]: [boolean, Instant | undefined] = [false, undefined];
  for (const one of told) {
    const says = verdicts[one.type]?.(one);
    if (says === undefined) continue;
    ran = says;
    provedAt = says ? instant(Date.parse(one.at)) : undefined;
  }
  return told.flatMap((one) => {
    const { success, data } = judging.safeParse(one);
    if (!success || !data.evidence) return [];
    const scannedAt = instant(Date.parse(data.scannedAt));
    if (now - scannedAt < settled) return [];
    const evidence: Evidence = data.evidence;
    return [
      { orderId: data.orderId, car: data.car, scannedAt, at: instant(Date.parse(data.at)), evidence, ran, provedAt },
    ];
  });
};

/** Reads the whole Story, at the pace given: a model is seldom trained. */
export const storedHistory = async (
  client: DynamoDBClient,
  table: string,
  now: Instant,
): Promise<readonly Example[]> => {
  const byOrder = new Map<string, Line[]>();
  const pages = paginateScan(
    { client },
    {
      TableName: table,
      FilterExpression: 'begins_with(sk, :ezpay)',
      ExpressionAttributeValues: toItem({ ':ezpay': 'EVENT#ezpay#' }),
    },
  );
  for await (const { Items = [] } of pages) {
    for (const item of Items) {
      const found = fromItem<Record<string, unknown>>(item);
      const { success, data } = line.safeParse(found);
      if (success) byOrder.set(data.pk, [...(byOrder.get(data.pk) ?? []), { ...found, ...data }]);
    }
  }
  return [...byOrder.values()].flatMap((lines) => examplesIn(lines, now));
};
