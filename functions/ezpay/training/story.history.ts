/** Training examples from the events of scans: each moment at which a scan was judged, and whether the argo had run. */
import { ScanCommand, type ScanCommandInput, type ScanCommandOutput } from '@aws-sdk/client-dynamodb';
import { anyOf } from '../../../events/event.ts';
import * as events from '../../../events/ezpay.ts';
import { type CarId, type Instant, instant, type OrderId } from '../../kernel/types.ts';
import { fromItem, toItem } from '../../platform/dynamo.ts';
import type { Clock, Dynamo } from '../../platform/ports.ts';
import type { Evidence } from '../predictor.ts';

export type Example = {
  readonly orderId: OrderId;
  readonly car: CarId;
  readonly scannedAt: Instant;
  readonly at: Instant;
  readonly evidence: Evidence;
  /** By the reports of the argo, however late they came. */
  readonly ran: boolean;
  readonly provedAt: Instant | undefined;
};

/** A report that arrives later than this after a scan no longer counts for it. */
const reportsCountFor = 9 * 3_600_000;

const relevant = anyOf(
  events.ezpayWaiting,
  events.ezpayRefused,
  events.ezpayJudged,
  events.ezpayConfirmed,
  events.ezpayCancelled,
  events.ezpayVerified,
  events.ezpayContradicted,
  events.ezpayWronglyFailed,
  events.ezpayRightlyFailed,
);
type ScanEvent = ReturnType<typeof relevant.parse>;

/** Whether the argo had run, where the event decides it: the last one holds. */
const verdictOf = (event: ScanEvent): boolean | undefined => {
  switch (event.type) {
    case 'ezpay.verified':
    case 'ezpay.wrongly-failed':
      return true;
    case 'ezpay.contradicted':
    case 'ezpay.rightly-failed':
      return false;
    case 'ezpay.confirmed':
      return event.by === 'argo' ? true : undefined;
    default:
      return undefined;
  }
};

const time = (text: string): Instant => instant(Date.parse(text));

/**
 * The examples in the events of one order. None while reports may still arrive, nor for an order that another car
 * superseded: its trip was not followed.
 */
export const examplesIn = (published: readonly unknown[], now: Instant): readonly Example[] => {
  const found = published
    .flatMap((event) => relevant.safeParse(event).data ?? [])
    .toSorted((a, b) => a.version - b.version);
  if (found.some((event) => event.type === 'ezpay.cancelled' && event.reason === 'SCANNED_OTHER_CAR')) return [];
  const last = found.findLast((event) => verdictOf(event) !== undefined);
  const ran = last !== undefined && verdictOf(last) === true;
  return found.flatMap((event) => {
    const scannedAt = time(event.scannedAt);
    if (!('evidence' in event) || !event.evidence || now - scannedAt < reportsCountFor) return [];
    const { orderId, car, at, evidence } = event;
    return [{ orderId, car, scannedAt, at: time(at), evidence, ran, provedAt: ran ? time(last.at) : undefined }];
  });
};

/** Reads the whole Story: models are rarely trained. */
export const storyHistory = async (
  { dynamo, now }: { readonly dynamo: Dynamo } & Pick<Clock, 'now'>,
  table: string,
): Promise<readonly Example[]> => {
  const byOrder = new Map<unknown, Record<string, unknown>[]>();
  let page: ScanCommandInput | undefined = {
    TableName: table,
    FilterExpression: 'begins_with(#type, :ezpay)',
    ExpressionAttributeNames: { '#type': 'type' },
    ExpressionAttributeValues: toItem({ ':ezpay': 'ezpay.' }),
  };
  while (page) {
    const { Items = [], LastEvaluatedKey }: ScanCommandOutput = await dynamo.send(new ScanCommand(page));
    for (const item of Items) {
      const event = fromItem(item);
      byOrder.set(event.orderId, [...(byOrder.get(event.orderId) ?? []), event]);
    }
    page = LastEvaluatedKey && { ...page, ExclusiveStartKey: LastEvaluatedKey };
  }
  return [...byOrder.values()].flatMap((lines) => examplesIn(lines, now()));
};
