/** A gateway in memory that keeps to docs/midtrans.md: unique order ids, idempotency keys, states, refunds by key; and its faults. */

import { type Rupiah, sum } from '../../functions/kernel/rupiah.ts';
import type { Instant } from '../../functions/kernel/types.ts';
import type { ChargeOrder } from '../../functions/payments/charge/charge-request.ts';
import { isRepeatable } from '../../functions/payments/charge/charge-request.ts';
import type { Answer, Gateway, RefundOrder } from '../../functions/payments/gateway/midtrans.client.ts';
import type { Instructions, Method, PaymentRef } from '../../functions/payments/payment.ts';
import type { Report } from '../../functions/payments/reports/report.ts';
import { answer, refundOf, report } from './payments.ts';

type Transaction = {
  readonly transactionId: string;
  readonly ref: PaymentRef;
  readonly amount: Rupiah;
  readonly method: Method;
  status: string;
  refunds: { key: string; amount: Rupiah; confirmed: boolean }[];
};
/** `silent`: it is done, the answer is lost. `deaf`: it is not done, and not answered. Else the answer given instead. */
export type Fault = 'silent' | 'deaf' | Answer;
export type Call = keyof Gateway;

const pays = { name: 'deeplink-redirect', url: 'https://gateway.example/pay' };
/** What status answers say of where to pay, docs/midtrans.md §2.2. */
const inStatus = (method: Method): Instructions => {
  if (method === 'mandiri_bill') return { billerCode: '70012', billKey: '700000000001' };
  return /_va$/.test(method) ? { bank: method.replace('_va', ''), vaNumber: '70000000001' } : {};
};
/** Only the answer to the charge says it of codes, wallets and cards. */
const inCharge = (method: Method): Instructions => {
  if (method === 'qris') return { qrString: '00020101021226620014ID.CO.QRIS', actions: [pays] };
  if (method === 'gopay') return { actions: [pays] };
  return method === 'card' ? { redirectUrl: 'https://gateway.example/3ds' } : inStatus(method);
};

const silence: Answer = { outcome: 'unknown', reason: 'time-out' };

export const memoryGateway = (now: () => Instant) => {
  const transactions: Transaction[] = [];
  const answered = new Map<string, { readonly answer: Answer; readonly until: number }>();
  const faults: { readonly call: Call; readonly fault: Fault }[] = [];
  const calls: string[] = [];
  let hook: (call: Call, when: 'before' | 'after') => Promise<void> = async () => undefined;

  const latest = (id: string): Transaction | undefined =>
    transactions.findLast(({ ref, transactionId }) => ref === id || transactionId === id);
  const said = ({ transactionId, status, amount, method, refunds }: Transaction, source: Report['source']): Report =>
    (source === 'answer' ? answer : report)(status, {
      transactionId,
      grossAmount: `${amount}.00`,
      saidAt: now(),
      instructions: inStatus(method),
      refunds: refunds.map(({ key, amount: part, confirmed }) => refundOf(key, part, confirmed)),
    });
  const reported = (transaction: Transaction): Answer => ({ outcome: 'report', report: said(transaction, 'answer') });

  const does = async (call: Call, id: string, work: () => Answer): Promise<Answer> => {
    calls.push(`${call} ${id}`);
    await hook(call, 'before');
    const i = faults.findIndex((one) => one.call === call);
    const fault = i < 0 ? undefined : faults.splice(i, 1)[0]?.fault;
    const result = fault === undefined || fault === 'silent' ? work() : silence;
    await hook(call, 'after');
    if (fault === 'silent') return silence;
    return fault !== undefined && fault !== 'deaf' ? fault : result;
  };

  const charge = ({ ref, amount, method }: ChargeOrder): Answer => {
    const known = isRepeatable(method) ? answered.get(`${ref}-charge`) : undefined;
    if (known && known.until > now()) return known.answer;
    const before = latest(ref);
    if (before && !['expire', 'cancel'].includes(before.status)) return { outcome: 'conflict' };
    const transaction: Transaction = {
      transactionId: `tx-${transactions.length + 1}`,
      ref,
      amount,
      method,
      status: method === 'card' ? 'capture' : 'pending',
      refunds: [],
    };
    transactions.push(transaction);
    const result: Answer = {
      outcome: 'report',
      report: { ...said(transaction, 'answer'), instructions: inCharge(method) },
    };
    answered.set(`${ref}-charge`, { answer: result, until: now() + 300_000 });
    return result;
  };

  const end = (ref: string, to: string, from: readonly string[]): Answer => {
    const transaction = latest(ref);
    if (!transaction) return { outcome: 'not-found' };
    if (!from.includes(transaction.status)) return { outcome: 'wrong-state' };
    transaction.status = to;
    return reported(transaction);
  };

  const refund = ({ ref, key, amount }: RefundOrder): Answer => {
    const transaction = latest(ref);
    if (!transaction) return { outcome: 'not-found' };
    if (transaction.refunds.some((one) => one.key === key)) return { outcome: 'conflict' };
    if (!['settlement', 'partial_refund'].includes(transaction.status)) return { outcome: 'wrong-state' };
    transaction.refunds.push({ key, amount, confirmed: false });
    const total = sum(transaction.refunds.map((one) => one.amount));
    transaction.status = total >= transaction.amount ? 'refund' : 'partial_refund';
    return { outcome: 'report', report: { ...said(transaction, 'answer'), refunds: [], refundAmount: amount } };
  };

  const gateway: Gateway = {
    charge: (order) => does('charge', order.ref, () => charge(order)),
    status: (ref, id = ref) =>
      does('status', id, () => {
        const transaction = latest(id);
        return transaction ? reported(transaction) : { outcome: 'not-found' };
      }),
    cancel: (ref) => does('cancel', ref, () => end(ref, 'cancel', ['pending', 'authorize', 'capture'])),
    expire: (ref) => does('expire', ref, () => end(ref, 'expire', ['pending'])),
    refund: (order) => does('refund', order.ref, () => refund(order)),
  };

  return {
    gateway,
    transactions,
    calls,
    /** The next call of this kind goes wrong in this way. */
    fails: (call: Call, fault: Fault): void => void faults.push({ call, fault }),
    /** Called while a call is under way: what happens elsewhere at this moment. */
    during: (next: typeof hook): void => {
      hook = next;
    },
    /** The customer pays, the bank reverses: the transaction moves, and the body of its notification is given. */
    moves: (ref: PaymentRef, status: string): string => {
      const transaction = latest(ref);
      if (!transaction) throw new Error(`the gateway has no ${ref}`);
      transaction.status = status;
      return bodyOf(said(transaction, 'notification'), ref);
    },
  };
};
export type MemoryGateway = ReturnType<typeof memoryGateway>;

/** A notification as the gateway sends it; its signature is checked at the door, not by the worker. */
export const bodyOf = (
  { transactionId, transactionStatus, statusCode, fraudStatus, grossAmount, refunds }: Report,
  ref: string,
): string =>
  JSON.stringify({
    order_id: ref,
    transaction_id: transactionId,
    transaction_status: transactionStatus,
    status_code: statusCode,
    fraud_status: fraudStatus,
    gross_amount: grossAmount,
    currency: 'IDR',
    merchant_id: 'G700000001',
    signature_key: '0'.repeat(128),
    ...(refunds.length > 0
      ? {
          refunds: refunds.map(({ key, amount, reason, confirmed }) => ({
            refund_chargeback_id: 1,
            refund_key: key,
            refund_amount: `${amount}.00`,
            reason,
            ...(confirmed ? { bank_confirmed_at: '2026-11-21 12:00:00' } : {}),
          })),
        }
      : {}),
  });
