/** The rule of a scan: it is confirmed by a witness of the trip, waits for one, or is refused. */
import { ezpayRefused, ezpayWaiting } from '../../events/ezpay.ts';
import { type Happened, happened } from '../kernel/decision.ts';
import { after, type Instant, iso } from '../kernel/types.ts';
import { type Run, runAt, timelineOf } from './argo.timeline.ts';
import { type Argo, lastEvidenceAt, lastProven } from './argo.ts';
import { confirmedFact, predictionData, scanData } from './ezpay.facts.ts';
import { type EzPay, type EzPayFact, isAsync, type Scan, type Witness } from './ezpay.ts';
import type { Prediction } from './predictor.ts';

type ScanCode = {
  readonly type: 'scan';
  readonly scan: Scan;
  readonly argo: Argo;
  readonly graceMs: number;
  readonly prediction?: Prediction | undefined;
};
/** How long an order confirmed by the predictor alone may go without proof; the latest report seen took 52 minutes. */
const proofMs = 2 * 3_600_000;

export const scan = ({ scan, argo, graceMs, prediction }: ScanCode): Happened<EzPay, EzPayFact> => {
  const { scannedAt: at, supersedes } = scan;
  const trip = tripOf(scan, argo);
  const witness = witnessOf(trip, { scan, argo, graceMs, prediction });
  const drivenBy = argo.driver?.driverId;
  if (witness) {
    const moment = { at, prediction: trip ? undefined : prediction, drivenBy };
    const next = { ...scan, trip, status: 'CONFIRMED', witness, at, ...proofOf(witness, at) } as const;
    return happened(next, at, confirmedFact(scan, witness, moment));
  }
  const data = { ...scanData(scan), supersedes, drivenBy, ...(prediction && predictionData(prediction)) };
  if (!isAsync(scan)) {
    const reason = 'ARGO_NOT_STARTED';
    return happened({ ...scan, status: 'REFUSED', reason, at }, at, ezpayRefused({ ...data, reason }));
  }
  const askAt = after(at, scan.windowMs);
  const next = { ...scan, status: 'WAITING', askAt, ...judgedBy(argo, prediction) } as const;
  return happened(next, at, ezpayWaiting({ ...data, askAt: iso(askAt) }));
};

export const tripOf = ({ scannedAt, windowMs }: Scan, argo: Argo): Run | undefined =>
  runAt(timelineOf(argo.events).runs, scannedAt, windowMs);

/** In this order: the argo, a recent order, and, where it may shorten a wait, the predictor. */
const witnessOf = (
  trip: Run | undefined,
  { scan, argo, graceMs, prediction }: Omit<ScanCode, 'type'>,
): Witness | undefined => {
  if (trip) return { by: 'argo' };
  if (scan.mode === 'strict') return undefined;
  const lastOrder = lastProven(argo);
  if (lastOrder && scan.scannedAt - lastOrder.graceFrom < graceMs) return { by: 'grace', orderId: lastOrder.orderId };
  return isAsync(scan) && prediction?.sure ? predictorOf(prediction) : undefined;
};

export const predictorOf = ({ probability, model }: Prediction): Witness => ({ by: 'predictor', probability, model });

export const judgedBy = (argo: Argo, prediction: Prediction | undefined): { readonly judgedBy?: number } =>
  prediction ? { judgedBy: lastEvidenceAt(argo) } : {};

export const proofOf = (witness: Witness, at: Instant): { readonly proofBy?: Instant } =>
  witness.by === 'predictor' ? { proofBy: after(at, proofMs) } : {};
