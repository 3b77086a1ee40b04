/** The gateway's list of refunds and ours: what is new in it, and both merged. Its list and total are cumulative. */
import { minus, none, type Rupiah, sum } from '../../kernel/rupiah.ts';
import type { Instant } from '../../kernel/types.ts';
import type { Payment } from '../payment.ts';
import type { Meaning, Report, ReportedRefund } from '../reports/report.ts';
import { type Refund, refunded } from './refund.ts';

/** `older`: the list knows less than we do. */
type RefundNews = 'full' | 'partial' | 'confirmed' | 'same' | 'older';

/** Money the gateway counts as refunded without listing the refund. */
const unlisted = (report: Report, meaning: Meaning, amount: Rupiah): readonly ReportedRefund[] => {
  const listed = sum(report.refunds.map((refund) => refund.amount));
  const counted = meaning === 'refunded' ? amount : (report.refundAmount ?? none);
  const rest = minus(counted, listed);
  return rest === 0
    ? []
    : [{ key: `unlisted-${counted}`, amount: rest, reason: 'not listed by the gateway', confirmed: false }];
};

const taken = (known: Refund | undefined, listed: ReportedRefund, at: Instant): Refund => ({
  key: listed.key,
  amount: listed.amount,
  reason: known?.reason ?? listed.reason,
  requestedAt: known?.requestedAt ?? at,
  status: listed.confirmed || known?.status === 'CONFIRMED' ? 'CONFIRMED' : 'ACCEPTED',
});

export const merged = (
  report: Report,
  meaning: Meaning,
  { refunds, amount }: Pick<Payment, 'refunds' | 'amount'>,
): readonly Refund[] => {
  const listed = new Map<string, ReportedRefund>();
  for (const refund of [...report.refunds, ...unlisted(report, meaning, amount)]) {
    const confirmed = refund.confirmed || listed.get(refund.key)?.confirmed === true;
    listed.set(refund.key, { ...refund, confirmed });
  }
  const known = new Map(refunds.map((refund) => [refund.key, refund] as const));
  const kept = refunds.map((refund) => {
    const again = listed.get(refund.key);
    return again ? taken(refund, again, report.reportedAt) : refund;
  });
  const added = [...listed.values()]
    .filter(({ key }) => !known.has(key))
    .map((refund) => taken(undefined, refund, report.reportedAt));
  return [...kept, ...added];
};

export const refundNews = (
  report: Report,
  meaning: Meaning,
  payment: Pick<Payment, 'refunds' | 'amount'>,
): RefundNews => {
  const before = new Map(payment.refunds.map((refund) => [refund.key, refund] as const));
  const after = merged(report, meaning, payment);
  if (refunded(after) > refunded(payment.refunds)) return refunded(after) >= payment.amount ? 'full' : 'partial';
  if (after.some(({ key, status }) => status === 'CONFIRMED' && before.get(key)?.status !== 'CONFIRMED'))
    return 'confirmed';
  return sum(report.refunds.map(({ amount }) => amount)) < refunded(payment.refunds) ? 'older' : 'same';
};
