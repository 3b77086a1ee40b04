/** How the scans of a car end: recorded with the car, counted, and what a late report shows about them. */
import { log } from '../kernel/log.ts';
import type { Metrics } from '../kernel/metrics.ts';
import { type Instant, instant } from '../kernel/types.ts';
import { failureRate } from './argo.ts';
import { changeArgo, type EzPayDeps } from './commands.ts';
import type { EventOf, EzPayEvent } from './events.worker.ts';
import { type Failure, provenBy } from './ezpay.ts';

type OrderEvent = Extract<EzPayEvent, { scannedAt: string }>;

type Ending = EventOf<'ezpay.confirmed' | 'ezpay.refused' | 'ezpay.cancelled'>;

export const recordEnding = async (deps: EzPayDeps, event: Ending, at: Instant): Promise<void> => {
  await recordOutcome(deps, event, outcomeOf(event));
  count(event, event.type === 'ezpay.confirmed' ? succeeded(event, at) : failed(event.reason));
};

const outcomeOf = (event: Ending): Outcome => {
  if (event.type === 'ezpay.confirmed') {
    const graceFrom = event.by === 'argo' ? event.at : undefined;
    return { confirmed: true, proven: provenBy(event.by), graceFrom };
  }
  const isUnknown = event.type === 'ezpay.refused' || event.reason === 'SCANNED_OTHER_CAR';
  return { confirmed: false, proven: isUnknown ? undefined : false };
};

const succeeded = (event: EventOf<'ezpay.confirmed'>, at: Instant): Metrics => ({
  EzPayConfirmed: 1,
  EzPayFailed: 0,
  EzPayArgoNotStarted: 0,
  EzPayWaitLatency: event.waitedMs,
  ...(event.by === 'argo' ? lag(event, at) : {}),
});

/** What the argo reported, or did not report, after the order had ended. */
export const recordLateReport = async (
  deps: EzPayDeps,
  event: EventOf<'ezpay.wrongly-failed' | 'ezpay.contradicted' | 'ezpay.unproven' | 'ezpay.verified'>,
  at: Instant,
): Promise<void> => {
  const fields = { orderId: event.orderId, car: event.car };
  switch (event.type) {
    case 'ezpay.wrongly-failed':
      return log.warn(
        'Order failed wrongly',
        { ...fields, mode: event.mode },
        { EzPayWronglyFailed: 1, ...lag(event, at) },
      );
    case 'ezpay.contradicted':
      return log.warn('Confirmed against the argo', fields, { EzPayContradicted: 1, ...predicted(event.by, 1) });
    case 'ezpay.unproven': {
      const { probability, model } = event;
      log.warn('Confirmed by the predictor, never proven', { ...fields, probability, model }, predicted(event.by, 1));
      return recordOutcome(deps, event, { confirmed: true, proven: false });
    }
    case 'ezpay.verified':
      if (event.by === 'predictor')
        await recordOutcome(deps, event, { confirmed: true, proven: true, graceFrom: event.scannedAt });
      return count(event, { EzPayVerified: 1, ...lag(event, at), ...predicted(event.by, 0) });
  }
};

/** Of the predictor's confirmations those that were wrong: the average is the share. */
const predicted = (by: string | undefined, wrong: 0 | 1): Metrics =>
  by === 'predictor' ? { EzPayPredictorWrong: wrong } : {};

/** `proven`: by a report of the argo; undefined while that is unknown. `graceFrom`: ISO 8601. */
type Outcome = {
  readonly confirmed: boolean;
  readonly proven: boolean | undefined;
  readonly graceFrom?: string | undefined;
};

const recordOutcome = async (
  deps: EzPayDeps,
  { car, orderId, at }: OrderEvent,
  { graceFrom, ...outcome }: Outcome,
): Promise<void> => {
  const { confirmed } = outcome;
  const grace = graceFrom === undefined ? {} : { graceFrom: instant(Date.parse(graceFrom)) };
  const command = { type: 'record-outcome', orderId, ...outcome, ...grace, at: instant(Date.parse(at)) } as const;
  const { decision, state } = await changeArgo(deps, car, command);
  const rate = state && failureRate(state);
  if (decision.outcome === 'happened' && !confirmed && rate !== undefined && rate >= 0.5)
    log.warn('Car fails often', { car, orderId, rate }, { EzPayCarFailing: 1 });
};

const failed = (reason: Failure): Metrics => {
  switch (reason) {
    case 'ARGO_NOT_STARTED':
      return { EzPayFailed: 1, EzPayArgoNotStarted: 1 };
    case 'DRIVER_DENIED':
      return { EzPayFailed: 1, EzPayArgoNotStarted: 0, EzPayDriverDenied: 1 };
    // The customer rides in another car: neither a success nor a failure.
    case 'SCANNED_OTHER_CAR':
      return { EzPaySuperseded: 1 };
  }
};

/** From the scan to the argo's report. */
const lag = ({ scannedAt }: OrderEvent, at: Instant): Metrics => ({
  EzPayArgoLag: Math.max(0, at - Date.parse(scannedAt)),
});

const count = ({ orderId, car, type, mode }: OrderEvent, metrics: Metrics): void =>
  log.info('Decided', { orderId, car, event: type, mode, outcome: 'happened' }, metrics);
