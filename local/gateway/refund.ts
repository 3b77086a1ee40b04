// Refunds by key: one key is one refund, the bank may decline, the answer is not yet the bank's word (midtrans.md §7.4).
import { invalid, type Trouble } from './answer.ts';
import type { Chance } from './chance.ts';
import { isRecord } from './json.ts';
import type { Office } from './merchant.ts';
import { type Done, found } from './operations.ts';
import { commonFields, rupiah } from './reading.ts';
import { confirmRefund, decideRefund, refundable, refundsOf } from './refund.decider.ts';
import type { Refund, Transaction } from './transaction.ts';
import { DAY } from './wib.ts';

export type RefundTerms = {
  /** The bank says no. */
  readonly declined: boolean;
  /** The legacy /refund/online/direct: the bank's word comes with the answer. */
  readonly direct: boolean;
};

const KEY_GRAMMAR = /^[A-Za-z0-9_-]+$/;
const KEY_LIFETIME = 7 * DAY;
const DUPLICATE: Trouble = { code: '406', message: 'Duplicate refund ID' };

type Wish = { readonly key: string; readonly amount: number; readonly reason: string };

const parseWish = (request: unknown, transaction: Transaction, chance: Chance): Wish | Trouble => {
  const given = isRecord(request) ? request : {};
  const { refund_key: key = `midtrans-${chance.uuid()}`, amount = refundable(transaction), reason = 'refund' } = given;
  if (typeof key !== 'string' || typeof amount !== 'number' || typeof reason !== 'string') return { code: '408' };
  if (!KEY_GRAMMAR.test(key)) return invalid('refund_key contains symbols that are not allowed');
  if (!Number.isInteger(amount)) return invalid('amount must not contain decimals');
  if (reason.length > 255) return invalid('reason is too long');
  return { key, amount, reason };
};

/** Every third id is beyond 2^53, as documented samples are. */
const chargebackId = (chance: Chance): string =>
  chance.integer(1, 3) === 3 ? `2025${chance.digits(13)}1` : `1${chance.digits(5)}`;

const declined = (transaction: Transaction, key: string): Done => ({
  body: {
    status_code: '202',
    status_message: 'Refund denied by the bank',
    ...commonFields(transaction),
    refund_amount: '0.00',
    refund_key: key,
  },
});

const accepted = (transaction: Transaction, refund: Refund): Done => ({
  body: {
    status_code: '200',
    status_message: 'Success, refund request is approved',
    ...commonFields(transaction),
    refund_amount: rupiah(refund.amount),
    refund_chargeback_id: JSON.rawJSON(refund.chargebackId),
    ...(refund.chargebackUuid !== undefined && { refund_chargeback_uuid: refund.chargebackUuid }),
    refund_key: refund.key,
  },
  tell: transaction,
});

export type RefundCall = { readonly id: string; readonly request: unknown; readonly terms: RefundTerms };

export const refund = ({ id, request, terms }: RefundCall, office: Office): Done | Trouble => {
  const { book, chances, clock, merchant } = office;
  const transaction = found(id, office);
  if ('code' in transaction) return transaction;
  const chance = chances(`refund/${transaction.transactionId}/${refundsOf(transaction.state).length}`);
  const wish = parseWish(request, transaction, chance);
  if ('code' in wish) return wish;
  const used = merchant.refundKeys.get(wish.key);
  if (used?.made || (used && clock.now() - used.since > KEY_LIFETIME)) return DUPLICATE;
  const refund: Refund = {
    ...wish,
    at: clock.now(),
    chargebackId: chargebackId(chance),
    ...(chance.integer(1, 2) === 1 && { chargebackUuid: chance.uuid() }),
  };
  const verdict = decideRefund(refund, transaction, merchant.balance);
  merchant.refundKeys.set(wish.key, {
    since: used?.since ?? refund.at,
    made: verdict.outcome === 'happened' && !terms.declined,
  });
  if (verdict.outcome === 'refused') return verdict;
  if (terms.declined) return declined(transaction, wish.key);
  merchant.balance -= refund.amount;
  const made = verdict.transaction;
  const confirmed = terms.direct ? confirmRefund(refund.key, refund.at, made) : undefined;
  if (confirmed) book.keep(confirmed);
  else book.refund(made, refund.key);
  return accepted(confirmed ?? made, refund);
};
