/** The gateway as an HTTP port by docs/midtrans.md: order ids, idempotency keys, states, refunds; and its faults. */
import { type Rupiah, rupiah, sum } from '../../functions/kernel/rupiah.ts';
import type { Instant } from '../../functions/kernel/types.ts';
import type { Method, PaymentRef } from '../../functions/payments/payment.ts';
import type { Report } from '../../functions/payments/reports/report.ts';
import type { Http, HttpCall } from '../../functions/platform/ports.ts';
import { bodyOf, error, type Json, jsonOf } from './gateway-json.ts';
import { answer, refundOf, report } from './payments.ts';

export { bodyOf, error, jsonOf } from './gateway-json.ts';

type Transaction = {
  readonly transactionId: string;
  readonly ref: PaymentRef;
  readonly amount: Rupiah;
  readonly method: Method;
  status: string;
  refunds: { key: string; amount: Rupiah; confirmed: boolean }[];
};
export type Call = 'charge' | 'status' | 'cancel' | 'expire' | 'refund';
/** `no-answer`: done, the answer is lost. `unreached`: not done, not answered. Else the body answered instead. */
export type Fault = 'no-answer' | 'unreached' | Json;

const actions = [{ name: 'deeplink-redirect', url: 'https://gateway.example/pay' }];
/** What status answers contain of where to pay, docs/midtrans.md §2.2. */
const inStatus = (method: Method): Report['instructions'] => {
  if (method === 'mandiri_bill') return { billerCode: '70012', billKey: '700000000001' };
  return /_va$/.test(method) ? { bank: method.replace('_va', ''), vaNumber: '70000000001' } : {};
};
/** Only the answer to the charge contains it for codes, wallets and cards. */
const inCharge = (method: Method): Report['instructions'] => {
  if (method === 'qris') return { qrString: '00020101021226620014ID.CO.QRIS', actions };
  if (method === 'gopay') return { actions };
  return method === 'card' ? { redirectUrl: 'https://gateway.example/3ds' } : inStatus(method);
};

type ChargeBody = {
  readonly payment_type: string;
  readonly bank_transfer?: { readonly bank: string };
  readonly credit_card?: { readonly token_id?: string };
  readonly transaction_details: { readonly order_id: PaymentRef; readonly gross_amount: number };
};
const methodOf = ({ payment_type, bank_transfer }: ChargeBody): Method => {
  if (bank_transfer) return `${bank_transfer.bank}_va` as Method;
  return ({ echannel: 'mandiri_bill', credit_card: 'card' }[payment_type] ?? payment_type) as Method;
};

const refused = (): never => {
  throw Object.assign(new Error('no answer in time'), { name: 'TimeoutError' });
};

/** The states of transactions, and what each call makes of them. */
const ledger = (now: () => Instant) => {
  const transactions: Transaction[] = [];
  const answered = new Map<string, { readonly body: Json; readonly until: number }>();

  const latest = (id: string): Transaction | undefined =>
    transactions.findLast(({ ref, transactionId }) => ref === id || transactionId === id);
  const reportOf = (one: Transaction, source: Report['source'], instructions = inStatus(one.method)): Report =>
    (source === 'answer' ? answer : report)(one.status, {
      transactionId: one.transactionId,
      grossAmount: `${one.amount}.00`,
      reportedAt: now(),
      instructions,
      refunds: one.refunds.map(({ key, amount, confirmed }) => refundOf(key, amount, confirmed)),
    });
  const bodyOfAnswer = (one: Transaction): Json => jsonOf(reportOf(one, 'answer'), one.ref);

  const charge = (body: ChargeBody, key: string | undefined): Json => {
    const { order_id: ref, gross_amount } = body.transaction_details;
    const known = key === undefined ? undefined : answered.get(key);
    if (known && known.until > now()) return known.body;
    const before = latest(ref);
    if (before && !['expire', 'cancel'].includes(before.status)) return error('406');
    const method = methodOf(body);
    if (method === 'card' && !body.credit_card?.token_id) return error('400', 'token_id is required');
    const made: Transaction = {
      transactionId: `tx-${transactions.length + 1}`,
      ref,
      amount: rupiah(gross_amount),
      method,
      status: method === 'card' ? 'capture' : 'pending',
      refunds: [],
    };
    transactions.push(made);
    const result = jsonOf(reportOf(made, 'answer', inCharge(method)), ref);
    if (key !== undefined) answered.set(key, { body: result, until: now() + 300_000 });
    return result;
  };
  const cancel = (ref: string): Json => {
    const one = latest(ref);
    if (!one) return error('404');
    if (!['pending', 'authorize', 'capture'].includes(one.status)) return error('412');
    one.status = 'cancel';
    return bodyOfAnswer(one);
  };
  const expire = (ref: string): Json => {
    const one = latest(ref);
    if (!one) return error('404');
    if (one.status !== 'pending') return error('412');
    one.status = 'expire';
    return bodyOfAnswer(one);
  };
  const refund = (ref: string, { refund_key: key, amount }: { refund_key: string; amount: Rupiah }): Json => {
    const one = latest(ref);
    if (!one) return error('404');
    if (one.refunds.some((known) => known.key === key)) return error('406');
    if (!['settlement', 'partial_refund'].includes(one.status)) return error('412');
    one.refunds.push({ key, amount, confirmed: false });
    one.status = sum(one.refunds.map((known) => known.amount)) >= one.amount ? 'refund' : 'partial_refund';
    return jsonOf({ ...reportOf(one, 'answer'), refunds: [], refundAmount: amount }, ref);
  };
  const status = (id: string): Json => {
    const one = latest(id);
    return one ? bodyOfAnswer(one) : error('404');
  };
  return { transactions, latest, reportOf, charge, cancel, expire, refund, status };
};

type Request = { readonly call: Call; readonly id: string; readonly work: () => Json };

/** @param serverKey a call signed with another one is refused */
export const memoryGateway = (now: () => Instant, serverKey = 'server-key') => {
  const { transactions, latest, reportOf, ...routes } = ledger(now);
  const faults: { readonly call: Call; readonly fault: Fault }[] = [];
  const calls: string[] = [];
  let hook: (call: Call, when: 'before' | 'after') => Promise<void> = async () => undefined;
  let last: { readonly name: string; readonly fault: Fault | undefined } | undefined;
  let pausedAt: Instant | undefined;

  const requestOf = (url: string, { headers = {}, body = '{}' }: HttpCall): Request => {
    const [, , id = '', call = ''] = new URL(url).pathname.split('/');
    const sent = JSON.parse(body);
    if (id === 'charge')
      return {
        call: 'charge',
        id: sent.transaction_details.order_id,
        work: () => routes.charge(sent, headers['idempotency-key']),
      };
    if (call === 'refund') return { call, id, work: () => routes.refund(id, sent) };
    if (call === 'status' || call === 'cancel' || call === 'expire') return { call, id, work: () => routes[call](id) };
    throw new Error(`the gateway has no ${url}`);
  };
  /** A fault is of one call with all its attempts. */
  const faultOf = (name: string, call: Call): Fault | undefined => {
    const isRepeated = pausedAt === now() && last?.name === name;
    pausedAt = undefined;
    if (isRepeated) return last?.fault;
    calls.push(name);
    const i = faults.findIndex((one) => one.call === call);
    last = { name, fault: i < 0 ? undefined : faults.splice(i, 1)[0]?.fault };
    return last.fault;
  };

  const http: Http = async (url, call) => {
    const request = requestOf(url, call);
    const isSigned = call.headers?.authorization === `Basic ${Buffer.from(`${serverKey}:`).toString('base64')}`;
    const fault = faultOf(`${request.call} ${request.id}`, request.call);
    await hook(request.call, 'before');
    const isDone = isSigned && (fault === undefined || fault === 'no-answer');
    const done = isDone ? request.work() : error('401');
    await hook(request.call, 'after');
    if (fault === 'no-answer' || fault === 'unreached') return refused();
    return { status: 200, text: JSON.stringify(fault ?? done) };
  };

  return {
    http,
    transactions,
    /** Each call once, whatever its attempts. */
    calls,
    /** The client pauses: the same request after it is another attempt of the same call. */
    paused: (): void => {
      pausedAt = now();
    },
    /** The next call of this kind fails in this way. */
    fails: (call: Call, fault: Fault): void => void faults.push({ call, fault }),
    /** Called during a call: what happens elsewhere at that moment. */
    during: (next: typeof hook): void => {
      hook = next;
    },
    /** The customer pays, the bank reverses: the transaction moves, and its notification is returned. */
    moves: (ref: PaymentRef, status: string): string => {
      const one = latest(ref);
      if (!one) throw new Error(`the gateway has no ${ref}`);
      one.status = status;
      return bodyOf(reportOf(one, 'notification'), ref);
    },
  };
};
export type MemoryGateway = ReturnType<typeof memoryGateway>;
