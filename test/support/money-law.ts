/** A law of every write of a payment: its facts say what became of the money, no open refund is above what is left. */
import type { Fact } from '../../functions/kernel/decision.ts';
import { bounded } from '../../functions/payments/payment.ledger.ts';
import { ownMoney } from '../../functions/payments/payment.money.ts';
import { shareOf } from '../../functions/payments/payment.share.ts';
import { type Payment, paymentAggregate } from '../../functions/payments/payment.ts';
import type { Item } from '../../functions/platform/dynamo.ts';
import { stored } from '../../functions/platform/item.ts';
import type { Written } from '../../tools/memory-table.ts';

type Data = Readonly<Record<string, unknown>>;

/** What one fact adds to the money of its payment. */
const movedBy = ({ type, data }: Pick<Fact, 'type' | 'data'>): number => {
  const of = (field: string): number => Number((data as Data)[field]);
  switch (type) {
    case 'payment.settled':
      return of('received' in data ? 'received' : 'amount');
    case 'chargeback.returned':
      return of('returned');
    case 'payment.reversed':
      return -of('reversed');
    case 'refund.changed':
      return -of('refunded');
    case 'chargeback.recorded':
      return -of('chargedBack');
    default:
      return 0;
  }
};
/** The money of a payment by its facts. */
export const sumOf = (facts: readonly Pick<Fact, 'type' | 'data'>[]): number =>
  facts.reduce((sum, fact) => sum + movedBy(fact), 0);

/** @throws when an open refund is above what is left */
export const mustBeBounded = (payment: Payment): void => {
  const money = ownMoney(payment);
  const within = bounded(money).refunds;
  if (money.refunds.some(({ amount, status }, i) => amount !== within[i]?.amount || status !== within[i]?.status))
    throw new Error(`an open refund of ${payment.ref} is above what is left of it`);
};

const paymentIn = (item: Item | undefined): Payment | undefined =>
  item?.sk?.S?.startsWith('PAYMENT#') && item.state ? stored(paymentAggregate, item).state : undefined;
const versionOf = (item: Item | undefined): number => Number(item?.version?.N ?? 0);
/** The store writes the next version; any other item was put there by a test. */
const isChange = ({ item, before }: Written): boolean => versionOf(item) === versionOf(before) + 1;

/** @throws when the facts of the write are not the difference it made */
export const mustAddUp = (written: Written): void => {
  const { item, before } = written;
  const payment = paymentIn(item);
  if (!payment || !item || !isChange(written)) return;
  const events: readonly (Data & { readonly type: string })[] = JSON.parse(item.outbox?.S ?? '[]');
  const was = paymentIn(before);
  const moved = shareOf(payment, 0).left - (was ? shareOf(was, 0).left : 0);
  const published = sumOf(events.map((data) => ({ type: data.type, data })));
  if (moved !== published)
    throw new Error(`the money of ${payment.ref} changed by ${moved}, its facts say ${published}`);
  mustBeBounded(payment);
};
