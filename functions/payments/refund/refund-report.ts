/** The gateway's list of refunds and ours: both merged, what is counted, what is new. All of it is cumulative. */
import { none, type Rupiah, sum } from '../../kernel/rupiah.ts';
import type { Instant } from '../../kernel/types.ts';
import { givenBack, larger, listed, type Money } from '../payment.ledger.ts';
import type { Meaning, Report, ReportedRefund } from '../reports/report.ts';
import type { Refund } from './refund.ts';

/** `older`: the list knows less than we do. */
type RefundNews = 'full' | 'partial' | 'confirmed' | 'same' | 'older';

const isListed = ({ status }: Refund): boolean => status === 'ACCEPTED' || status === 'CONFIRMED';

const taken = (known: Refund | undefined, { key, amount, reason, confirmed }: ReportedRefund, at: Instant): Refund => ({
  key,
  amount: known && isListed(known) ? larger(known.amount, amount) : amount,
  reason: known?.reason ?? reason,
  requestedAt: known?.requestedAt ?? at,
  ...(known?.wanted ? { wanted: known.wanted } : {}),
  status: confirmed || known?.status === 'CONFIRMED' ? 'CONFIRMED' : 'ACCEPTED',
});

const isRefund = (meaning: Meaning): boolean => meaning === 'refunded' || meaning === 'partially-refunded';

/** What is listed twice is one refund. */
const listOf = (report: Report, meaning: Meaning): ReadonlyMap<string, ReportedRefund> => {
  const list = new Map<string, ReportedRefund>();
  for (const refund of isRefund(meaning) ? report.refunds : [])
    list.set(refund.key, { ...refund, confirmed: refund.confirmed || list.get(refund.key)?.confirmed === true });
  return list;
};

/** One that was paid by hand stays so: what the gateway lists under its key went back in addition, and is counted. */
export const merged = (report: Report, meaning: Meaning, { refunds }: Pick<Money, 'refunds'>): readonly Refund[] => {
  const list = listOf(report, meaning);
  const kept = refunds.map((refund) => {
    const again = list.get(refund.key);
    return again && refund.status !== 'PAID_BACK' ? taken(refund, again, report.reportedAt) : refund;
  });
  const known = new Set(refunds.map(({ key }) => key));
  const added = [...list.values()].filter(({ key }) => !known.has(key));
  return [...kept, ...added.map((refund) => taken(undefined, refund, report.reportedAt))];
};

/** What the gateway counts as given back: at least what it lists, and what it counted before a refund it takes now. */
export const countedIn = (
  report: Report,
  meaning: Meaning,
  amount: Rupiah,
  { refunds }: Pick<Money, 'refunds'>,
): Rupiah => {
  if (!isRefund(meaning)) return none;
  const list = listOf(report, meaning);
  const before = refunds.map((refund) => {
    const taken = list.get(refund.key);
    return refund.status === 'REQUESTED' && taken ? sum([refund.countedBefore ?? none, taken.amount]) : none;
  });
  const total = meaning === 'refunded' ? amount : (report.refundAmount ?? none);
  return [total, ...before].reduce(larger, sum([...list.values()].map((refund) => refund.amount)));
};

/** @param amount all that the refunds can come to */
export const refundNews = (report: Report, meaning: Meaning, amount: Rupiah, money: Money): RefundNews => {
  const refunds = merged(report, meaning, money);
  const counted = larger(money.ledger.counted, countedIn(report, meaning, amount, money));
  const back = givenBack({ ledger: { ...money.ledger, counted }, refunds });
  const before = new Map(money.refunds.map((refund) => [refund.key, refund] as const));
  const isNew = (refund: Refund): boolean => isListed(refund) && !isKnown(before.get(refund.key));
  if (back > givenBack(money) || refunds.some(isNew)) return back >= amount ? 'full' : 'partial';
  if (refunds.some(({ key, status }) => status === 'CONFIRMED' && before.get(key)?.status !== 'CONFIRMED'))
    return 'confirmed';
  return countedIn(report, meaning, amount, money) < larger(money.ledger.counted, listed(money.refunds))
    ? 'older'
    : 'same';
};

const isKnown = (refund: Refund | undefined): boolean => refund !== undefined && isListed(refund);
