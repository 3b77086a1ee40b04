/** How the scans of a period ended, and which customers and cars failed repeatedly. */
import type { ArgoEvent, ScanEvent, ScanRecords } from '../ezpay/commands.ts';

type Ending =
  | { readonly kind: 'awaited' | 'given-up' }
  | { readonly kind: 'confirmed' | 'failed'; readonly why: string };
type Scan = Pick<ScanEvent, 'riderId' | 'car'> & {
  readonly ending: Ending;
  readonly wronglyFailed: boolean;
  readonly contradicted: boolean;
};

/** A customer who failed twice, a car of whose three or more scans half failed. */
const customerFails = 2;
const carScans = 3;
const carShare = 0.5;

const failedOrGivenUp = ({ reason = '' }: ScanEvent): Ending =>
  reason === 'SCANNED_OTHER_CAR' ? { kind: 'given-up' } : { kind: 'failed', why: reason };
const endings: Readonly<Record<string, (event: ScanEvent) => Ending>> = {
  'ezpay.waiting': () => ({ kind: 'awaited' }),
  'ezpay.driver-asked': () => ({ kind: 'awaited' }),
  'ezpay.confirmed': ({ by = '' }) => ({ kind: 'confirmed', why: by }),
  'ezpay.refused': failedOrGivenUp,
  'ezpay.cancelled': failedOrGivenUp,
};
const endingOf = (event: ScanEvent): Ending | undefined => endings[event.type]?.(event);

const lastOf = (events: readonly ScanEvent[], ...types: readonly string[]): string | undefined =>
  events.findLast(({ type }) => types.includes(type))?.type;

const scanOf = (unordered: readonly ScanEvent[]): Scan => {
  const events = unordered.toSorted((a, b) => a.version - b.version);
  const { riderId, car } = events[0] as ScanEvent;
  return {
    riderId,
    car,
    ending: events.map(endingOf).findLast((ending) => ending !== undefined) ?? { kind: 'awaited' },
    wronglyFailed: lastOf(events, 'ezpay.wrongly-failed', 'ezpay.rightly-failed') === 'ezpay.wrongly-failed',
    contradicted: lastOf(events, 'ezpay.contradicted', 'ezpay.verified') === 'ezpay.contradicted',
  };
};

const countBy = (names: readonly string[]): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(Object.groupBy(names, (name) => name)).map(([name, all]) => [name, all?.length ?? 0]),
  );

const percentiles = (values: readonly number[]) => {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] as number;
  return sorted.length === 0 ? undefined : { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
};

export type Percentiles = NonNullable<ReturnType<typeof percentiles>>;

const whyOf = ({ ending }: Scan, kind: 'confirmed' | 'failed'): readonly string[] =>
  ending.kind === kind ? [ending.why] : [];
const ended = ({ ending: { kind } }: Scan): boolean => kind === 'confirmed' || kind === 'failed';

const repeated = (scans: readonly Scan[], of: 'riderId' | 'car', isOften: (failed: number, all: number) => boolean) =>
  Object.entries(Object.groupBy(scans.filter(ended), (scan) => scan[of]))
    .map(([id, own = []]) => ({ id, scans: own.length, reasons: own.flatMap((scan) => whyOf(scan, 'failed')) }))
    .map(({ id, scans, reasons }) => ({ id, scans, failed: reasons.length, reasons: [...new Set(reasons)].toSorted() }))
    .filter(({ failed, scans }) => isOften(failed, scans))
    .toSorted((a, b) => b.failed - a.failed || a.id.localeCompare(b.id));

export type Repeated = ReturnType<typeof repeated>[number];

/** From the scan to the report of the argo that decided or proved it, whenever that came. */
const scanLagOf = ({ type, by, at, scannedAt }: ScanEvent): readonly number[] =>
  (type === 'ezpay.confirmed' && by === 'argo') || type === 'ezpay.verified' || type === 'ezpay.wrongly-failed'
    ? [Math.max(0, at - scannedAt)]
    : [];

const isTrusted = ({ doubt = '' }: ArgoEvent): boolean => !['future', 'clock-unset', 'overtaken'].includes(doubt);

export const ezpayReport = ({ scans: events, argos }: Pick<ScanRecords, 'scans' | 'argos'>) => {
  const byOrder = Object.values(Object.groupBy(events, ({ orderId }) => orderId));
  const scans = byOrder.map((ofOrder = []) => scanOf(ofOrder));
  const confirmed = scans.flatMap((scan) => whyOf(scan, 'confirmed'));
  const failed = scans.flatMap((scan) => whyOf(scan, 'failed'));
  const of = (kind: Ending['kind']): number => scans.filter(({ ending }) => ending.kind === kind).length;
  return {
    scans: scans.length,
    awaited: of('awaited'),
    /** By witness. */
    confirmed: countBy(confirmed),
    /** By reason; a scan given up for another car is not a failure. */
    failed: countBy(failed),
    givenUp: of('given-up'),
    /** Of those that ended, nothing while none has. */
    successRate:
      confirmed.length + failed.length === 0 ? undefined : confirmed.length / (confirmed.length + failed.length),
    wronglyFailed: scans.filter((scan) => scan.wronglyFailed).length,
    contradicted: scans.filter((scan) => scan.contradicted).length,
    customers: repeated(scans, 'riderId', (failures) => failures >= customerFails),
    cars: repeated(scans, 'car', (failures, all) => all >= carScans && failures / all >= carShare),
    /** Milliseconds from the device's time to ours; a clock that is not trusted does not measure the way. */
    argoLag: percentiles(
      argos.filter(isTrusted).map(({ deviceTime, receivedAt }) => Math.max(0, receivedAt - deviceTime)),
    ),
    /** Milliseconds from the scan to the report of the argo about it. */
    scanLag: percentiles(events.flatMap(scanLagOf)),
  };
};
export type EzPayReport = ReturnType<typeof ezpayReport>;
