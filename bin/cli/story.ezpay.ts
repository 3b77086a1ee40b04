/** The events of a scan in words. */
import { type Fields, type Phrase, type Phrases, text } from './story.money.ts';

/** Times of one story are of one day or two: the clock is enough. */
const clock = (at: unknown): string => text(at).slice(11, 19);
const seconds = (ms: unknown): string => `${(Number(ms) / 1_000).toFixed(0)} s`;

const sure = ({ probability, model }: Fields): string =>
  `${(Number(probability) * 100).toFixed(1)} % sure (model ${text(model)})`;

const witnesses: Readonly<Record<string, (line: Fields) => string>> = {
  argo: () => 'the argo ran',
  grace: ({ recentOrderId }) => `grace: order ${text(recentOrderId)} in the same car had just succeeded`,
  driver: ({ driverId }) => `driver ${text(driverId)} confirmed it`,
  predictor: (line) => `the predictor is ${sure(line)}`,
};

const reasons: Readonly<Record<string, string>> = {
  ARGO_NOT_STARTED: 'nothing showed that the argo ran',
  DRIVER_DENIED: 'the driver reported that no passenger is on board',
  SCANNED_OTHER_CAR: 'the customer scanned another car',
};
const why = (reason: unknown): string => `${text(reason)}: ${reasons[text(reason)] ?? 'see the runbook'}`;

const ran = ({ startedAt, stoppedAt }: Fields): string => {
  const from = startedAt === undefined ? 'a start that never came' : clock(startedAt);
  return stoppedAt === undefined ? `from ${from} on` : `from ${from} to ${clock(stoppedAt)}`;
};

const scan =
  (what: (line: Fields) => string): ((line: Fields) => Phrase) =>
  (line) => [`scan of ${text(line.car)}`, what(line)];
const argo =
  (what: (line: Fields) => string): ((line: Fields) => Phrase) =>
  (line) => [`argo of ${text(line.car)}`, what(line)];

export const ezpayEvents: Phrases = {
  'ezpay.waiting': scan(
    ({ riderId, mode, askAt }) =>
      `by ${text(riderId)}, mode ${text(mode)}: waits for the argo until ${clock(askAt)}, then for the driver`,
  ),
  'ezpay.refused': scan(
    ({ riderId, mode, reason }) => `by ${text(riderId)}, mode ${text(mode)}: refused, ${why(reason)}`,
  ),
  'ezpay.confirmed': scan((line) => {
    const witness = witnesses[text(line.by)]?.(line) ?? text(line.by);
    const confirmed = `confirmed after ${seconds(line.waitedMs)}, ${witness}`;
    return `by ${text(line.riderId)}, mode ${text(line.mode)}: ${confirmed}; pays by ${text(line.paymentMethod)}`;
  }),
  'ezpay.judged': scan((line) => `the predictor is ${sure(line)} now: the scan keeps waiting`),
  'ezpay.driver-asked': scan(
    ({ cancelAt }) => `waits for the answer of the driver; without it, cancelled at ${clock(cancelAt)}`,
  ),
  'ezpay.cancelled': scan(({ reason }) => `cancelled, ${why(reason)}`),
  'ezpay.wrongly-failed': argo((line) => `it ran ${ran(line)}: the trip was real, the scan failed wrongly`),
  'ezpay.rightly-failed': argo(() => 'a correction: it did not run at the time of the scan after all'),
  'ezpay.verified': argo((line) => `it ran ${ran(line)}: the confirmation was right`),
  'ezpay.contradicted': argo(() => 'a correction: it did not run at the time of the scan, which is confirmed'),
  'ezpay.unproven': argo((line) => `no report of the trip that the predictor was ${sure(line)} of`),
  'ezpay.trip-ended': argo((line) => `the trip: ${ran(line)}`),
};
