/** Status, cancel, expire, capture, approve, deny, refund (midtrans.md §7): the answer's body, and what to notify. */
import { isRecord, type Json } from '../json.ts';
import type { Call as ApiCall } from './call.ts';
import type { Chance } from './chance.ts';
import type { Context } from './context.ts';
import { invalid, Refused, wrongType } from './errors.ts';
import type { Operation } from './fault.schema.ts';
import { commonFields, rupiah, statusAnswerOf } from './fields.ts';
import { type Command, confirmRefund, decideRefund, refundable, refundsOf } from './transaction.decider.ts';
import type { Instant, Refund, Transaction } from './transaction.ts';
import { day } from './wib.ts';

/** `notify`: the transaction whose new state has to be notified. */
export type Outcome = { readonly body: Json; readonly notify?: Transaction };

/** `declined`: the bank declines a refund. */
type Call = ApiCall & { readonly declined: boolean };

const find = (id: string, { store }: Context): Transaction => {
  const transaction = store.find(id);
  if (!transaction) throw new Refused('404', 'The requested resource is not found');
  return transaction;
};

const changed = (transaction: Transaction, message: string, code = '200'): Outcome => ({
  body: { status_code: code, status_message: message, ...commonFields(transaction) },
  notify: transaction,
});

/** Captures a pre-authorized card: all of it or less. */
const capture = ({ body }: Call, context: Context): Outcome => {
  if (!isRecord(body) || typeof body.transaction_id !== 'string') throw invalid('transaction_id is required');
  const transaction = find(body.transaction_id, context);
  const amount = body.gross_amount ?? transaction.grossAmount;
  if (typeof amount !== 'number') throw wrongType();
  if (!Number.isInteger(amount) || amount < 1 || amount > transaction.grossAmount)
    throw invalid('gross_amount must not be more than the authorized amount');
  if (transaction.state.status !== 'authorize') throw new Refused('412');
  const command: Command = { type: 'capture', fraud: 'accept', at: context.clock.now(), amount };
  return changed(context.store.run(command, transaction), 'Success, Credit Card capture transaction is successful');
};

const refundKeyLifetime = 7 * day;

type RefundRequest = Pick<Refund, 'key' | 'amount' | 'reason'>;

const parseRefund = (body: unknown, transaction: Transaction, chance: Chance): RefundRequest => {
  const given = isRecord(body) ? body : {};
  const { refund_key: key = `midtrans-${chance.uuid()}`, amount = refundable(transaction), reason = 'refund' } = given;
  if (typeof key !== 'string' || typeof amount !== 'number' || typeof reason !== 'string') throw wrongType();
  if (!/^[A-Za-z0-9_-]+$/.test(key)) throw invalid('refund_key contains symbols that are not allowed');
  if (!Number.isInteger(amount)) throw invalid('amount must not contain decimals');
  if (reason.length > 255) throw invalid('reason is too long');
  return { key, amount, reason };
};

/** Every third id is beyond 2^53, as documented samples are. */
const chargebackIdOf = (chance: Chance): string =>
  chance.integer(1, 3) === 3 ? `2025${chance.digits(13)}1` : `1${chance.digits(5)}`;

const refundAnswer = (transaction: Transaction, refund: Refund, declined: boolean): Json => ({
  status_code: declined ? '202' : '200',
  status_message: declined ? 'Refund denied by the bank' : 'Success, refund request is approved',
  ...commonFields(transaction),
  refund_amount: rupiah(declined ? 0 : refund.amount),
  ...(!declined && { refund_chargeback_id: JSON.rawJSON(refund.chargebackId) }),
  ...(!declined && refund.chargebackUuid !== undefined && { refund_chargeback_uuid: refund.chargebackUuid }),
  refund_key: refund.key,
});

/** One key is one refund; the answer is not yet the bank's confirmation (§7.4). */
const refund = ({ id, body, declined, direct }: Call, context: Context): Outcome => {
  const { store, chances, clock, merchant } = context;
  const transaction = find(id, context);
  const chance = chances(`refund/${transaction.transactionId}/${refundsOf(transaction.state).length}`);
  const request = parseRefund(body, transaction, chance);
  const used = merchant.refundKeys.get(request.key);
  const at = clock.now();
  if (used && (used.made || at - used.since > refundKeyLifetime)) throw new Refused('406', 'Duplicate refund ID');
  const chargebackId = chargebackIdOf(chance);
  const refund = { ...request, at, chargebackId, ...(chance.integer(1, 2) === 1 && { chargebackUuid: chance.uuid() }) };
  const verdict = decideRefund(refund, transaction, merchant.balance);
  const made = verdict.outcome === 'happened' && !declined;
  merchant.refundKeys.set(request.key, { since: used?.since ?? at, made });
  if (verdict.outcome === 'refused') throw new Refused(verdict.code, verdict.message);
  if (declined) return { body: refundAnswer(transaction, refund, declined) };
  merchant.balance -= refund.amount;
  const confirmed = direct ? confirmRefund(refund.key, at, verdict.transaction) : undefined;
  if (confirmed) store.keep(confirmed);
  else store.refund(verdict.transaction, refund.key);
  const refunded = confirmed ?? verdict.transaction;
  return { body: refundAnswer(refunded, refund, declined), notify: refunded };
};

const change =
  (command: (at: Instant) => Command, message: string) =>
  ({ id }: Call, context: Context): Outcome =>
    changed(context.store.run(command(context.clock.now()), find(id, context)), message);

/** What a call does. @throws Refused */
export const operations: Readonly<Record<Exclude<Operation, 'charge'>, (call: Call, context: Context) => Outcome>> = {
  status: ({ id }, { store, clock, merchant }) => {
    const transaction = store.find(id);
    if (!transaction) throw new Refused('404');
    return { body: statusAnswerOf(transaction, clock.now(), merchant.serverKey) };
  },
  cancel: change(() => ({ type: 'cancel' }), 'Success, transaction is canceled'),
  approve: change((at) => ({ type: 'approve', at }), 'Success, transaction is approved'),
  deny: change(() => ({ type: 'reject' }), 'Success, transaction is denied'),
  /** Answers 407 when it went well. Pending transactions only. */
  expire: ({ id }, context) => {
    const transaction = find(id, context);
    if (transaction.state.status !== 'pending') throw new Refused('412');
    return changed(context.store.run({ type: 'expire' }, transaction), 'Success, transaction has expired', '407');
  },
  capture,
  refund,
};
