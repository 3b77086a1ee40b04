/** Reads the events of scans and argos of a period: a parallel scan of the story at a bounded rate. */
import * as z from 'zod/mini';
import { type Instant, instant, iso } from '../kernel/types.ts';
import { fromItem, toItem } from '../platform/dynamo.ts';
import { type Cost, paced, type ReadPorts } from '../platform/paced.ts';

const time = z.pipe(
  z.iso.datetime(),
  z.transform((text) => instant(Date.parse(text))),
);
const scanEvent = z.object({
  type: z.string(),
  version: z.int(),
  at: time,
  orderId: z.string(),
  riderId: z.string(),
  car: z.string(),
  scannedAt: time,
  by: z.optional(z.string()),
  reason: z.optional(z.string()),
});
const argoEvent = z.object({ car: z.string(), deviceTime: time, receivedAt: time, doubt: z.optional(z.string()) });

/** An event of a scan, as far as the report on EzPay needs it. */
export type ScanEvent = z.output<typeof scanEvent>;
/** A report of a device: its time and ours. */
export type ArgoEvent = z.output<typeof argoEvent>;
export type ScanRecords = {
  readonly scans: readonly ScanEvent[];
  readonly argos: readonly ArgoEvent[];
  readonly cost: Cost;
};

/**
 * @param table name of the Story table
 * @param rate read units per second it may take
 */
export const scanRecords = async (
  ports: ReadPorts,
  table: string,
  { since, rate }: { readonly since: Instant; readonly rate: number },
): Promise<ScanRecords> => {
  const { scan, cost } = paced(ports, rate);
  const scans: ScanEvent[] = [];
  const argos: ArgoEvent[] = [];
  const input = {
    TableName: table,
    ProjectionExpression:
      '#type, #version, #at, orderId, riderId, car, scannedAt, #by, reason, deviceTime, receivedAt, doubt',
    FilterExpression: '(begins_with(#type, :ezpay) OR begins_with(#type, :argo)) AND #at >= :since',
    ExpressionAttributeNames: { '#type': 'type', '#version': 'version', '#at': 'at', '#by': 'by' },
    ExpressionAttributeValues: toItem({ ':ezpay': 'ezpay.', ':argo': 'argo.', ':since': iso(since) }),
  };
  await scan(input, (item) => {
    const line = fromItem(item);
    const { data: ofScan } = z.safeParse(scanEvent, line);
    if (ofScan) return void scans.push(ofScan);
    const { data: ofArgo } = z.safeParse(argoEvent, line);
    if (ofArgo) argos.push(ofArgo);
  });
  return { scans, argos, cost: cost() };
};
