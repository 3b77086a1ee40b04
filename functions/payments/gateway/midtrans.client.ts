/** The gateway's Core API over `fetch` (docs/midtrans.md §1, §2, §7): every answer a value, no key in any of them. */
import { log } from '../../kernel/log.ts';
import type { Rupiah } from '../../kernel/rupiah.ts';
import type { Instant } from '../../kernel/types.ts';
import type { Breaker } from '../../platform/breaker.ts';
import type { BasePorts, Clock } from '../../platform/ports.ts';
import type { Keys } from '../../platform/secret-keys.ts';
import { type ChargeOrder, chargeBody, isRepeatable } from '../charge/charge-request.ts';
import type { PaymentRef } from '../payment.ts';
import { isJson, type Json, reportFrom, text } from '../reports/parse-report.ts';
import type { Report } from '../reports/report.ts';

export type Refused = {
  readonly outcome: 'refused';
  /** The body's status code, else the HTTP status. */
  readonly code: string;
  readonly message: string;
  /** The gateway's own id of the answer; its support asks for it. */
  readonly id?: string | undefined;
};

/**
 * What the gateway answered.
 * - `report`: a transaction and its status: 200, 201, 202 (denied) and 407 (expired)
 * - `not-found`: 404, said by the API itself: there is no such transaction
 * - `conflict`: 406, the order id or refund key is in use
 * - `wrong-state`: 412, the transaction is not in a state for it
 * - `balance`: 414, the amount is wrong or the balance too low
 * - `refused`: it will not be done, and was not
 * - `unknown`: no answer, or none that can be understood: it may have been done
 */
export type Answer =
  | { readonly outcome: 'report'; readonly report: Report }
  | { readonly outcome: 'not-found' }
  | { readonly outcome: 'conflict' }
  | { readonly outcome: 'wrong-state' }
  | { readonly outcome: 'balance'; readonly message: string }
  | Refused
  | { readonly outcome: 'unknown'; readonly reason: string };

export type RefundOrder = {
  readonly ref: PaymentRef;
  readonly key: string;
  readonly amount: Rupiah;
  readonly reason: string;
};

export type Gateway = {
  readonly charge: (order: ChargeOrder) => Promise<Answer>;
  /** @param id the gateway order id, or a transaction id */
  readonly status: (ref: PaymentRef, id?: string) => Promise<Answer>;
  readonly cancel: (ref: PaymentRef) => Promise<Answer>;
  readonly expire: (ref: PaymentRef) => Promise<Answer>;
  readonly refund: (order: RefundOrder) => Promise<Answer>;
};

export type GatewaySettings = {
  /** `https://api.midtrans.com`, without a path. */
  readonly baseUrl: string;
  readonly keys: Keys;
  readonly breaker: Breaker;
  /** Replaces the notification URL of the gateway's dashboard for this transaction. */
  readonly notifyUrl?: string | undefined;
  readonly budgets?: Budgets;
};

/** Milliseconds for one attempt, and for the call with all its attempts; below the time-outs of the functions that call. */
export type Budgets = {
  readonly question: Budget;
  readonly charge: Budget;
  readonly command: Budget;
  readonly pauseMs: number;
};
type Budget = { readonly attemptMs: number; readonly totalMs: number; readonly attempts: number };

export const budgets: Budgets = {
  question: { attemptMs: 4_000, totalMs: 9_000, attempts: 3 },
  charge: { attemptMs: 15_000, totalMs: 22_000, attempts: 3 },
  command: { attemptMs: 10_000, totalMs: 18_000, attempts: 3 },
  pauseMs: 200,
};

type Call = {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: object;
  readonly idempotencyKey?: string;
  /** Sent again after an unknown outcome; without it the outcome is asked for instead. */
  readonly repeatable: boolean;
  readonly budget: Budget;
  readonly ref: PaymentRef;
};

/** `[A-Za-z0-9._~-]{1,50}`: anything else breaks its URLs (midtrans-nodejs-client#70). Transaction ids are opaque and a little longer. */
const id = (value: string): string => {
  if (!/^(?!\.{1,2}$)[A-Za-z0-9._~-]{1,100}$/.test(value)) throw new RangeError('not an id of the gateway');
  return encodeURIComponent(value);
};
/** A longer key is silently ignored. */
const idempotency = (value: string): string => {
  if (value.length > 46) throw new RangeError('an idempotency key has 46 characters at most');
  return value;
};

export const midtrans = (
  { http, now, random, pause }: Clock & Pick<BasePorts, 'http'>,
  { baseUrl, keys, breaker, notifyUrl, budgets: given = budgets }: GatewaySettings,
): Gateway => {
  const attempt = async ({ method, path, body, idempotencyKey, budget }: Call, left: number): Promise<Received> => {
    const [key = ''] = await keys();
    const timeoutMs = Math.max(1, Math.min(budget.attemptMs, left));
    const headers = {
      accept: 'application/json',
      authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}`,
      ...(method === 'POST' ? { 'content-type': 'application/json' } : {}),
      ...(idempotencyKey ? { 'idempotency-key': idempotency(idempotencyKey) } : {}),
      ...(notifyUrl && path === '/v2/charge' ? { 'x-override-notification': notifyUrl } : {}),
    };
    try {
      return await http(`${baseUrl}${path}`, {
        method,
        headers,
        timeoutMs,
        ...(method === 'POST' ? { body: JSON.stringify(body ?? {}) } : {}),
      });
    } catch (error) {
      return { failed: (error as Error).name === 'TimeoutError' ? 'time-out' : `network: ${causeOf(error)}` };
    }
  };

  const call = async (one: Call): Promise<Answer> => {
    const began = now();
    const left = (): number => one.budget.totalMs - (now() - began);
    let last: Read = { outcome: 'unknown', reason: 'breaker-open', retry: true };
    for (let attempts = 1; attempts <= one.budget.attempts; attempts += 1) {
      if (!(await breaker.allows())) break;
      const before = last;
      const askedAt = now();
      last = readAnswer(await attempt(one, left()), one.ref, askedAt);
      await breaker.record(!('down' in last));
      if (last.outcome === 'refused' && last.code === '401')
        log.error(
          'Key refused',
          new Error(last.message),
          { paymentRef: one.ref, path: one.path },
          { GatewayKeyRefused: 1 },
        );
      // What came before may have been done all the same: a refusal of its repetition proves nothing.
      if (last.outcome === 'refused' && attempts > 1 && before.outcome === 'unknown')
        return { outcome: 'unknown', reason: `${before.reason}, then refused with ${last.code}` };
      if (last.outcome !== 'unknown' || !last.retry || !one.repeatable) break;
      const pauseMs = given.pauseMs * 2 ** (attempts - 1) * (0.5 + random());
      if (attempts === one.budget.attempts || left() < 2 * pauseMs) break;
      await pause(pauseMs);
    }
    return last.outcome === 'unknown' ? { outcome: 'unknown', reason: last.reason } : last;
  };

  return {
    charge: async (order) =>
      call({
        method: 'POST',
        path: '/v2/charge',
        body: chargeBody(order),
        ref: order.ref,
        budget: given.charge,
        ...(isRepeatable(order.method)
          ? { repeatable: true, idempotencyKey: `${order.ref}-charge` }
          : { repeatable: false }),
      }),
    status: async (ref, asked = ref) =>
      call({ method: 'GET', path: `/v2/${id(asked)}/status`, ref, budget: given.question, repeatable: true }),
    cancel: async (ref) =>
      call({
        method: 'POST',
        path: `/v2/${id(ref)}/cancel`,
        ref,
        budget: given.command,
        repeatable: true,
        idempotencyKey: `${ref}-cancel`,
      }),
    expire: async (ref) =>
      call({
        method: 'POST',
        path: `/v2/${id(ref)}/expire`,
        ref,
        budget: given.command,
        repeatable: true,
        idempotencyKey: `${ref}-expire`,
      }),
    refund: async ({ ref, key, amount, reason }) =>
      call({
        method: 'POST',
        path: `/v2/${id(ref)}/refund`,
        body: { refund_key: key, amount, reason: reason.slice(0, 255) },
        ref,
        budget: given.command,
        repeatable: true,
      }),
  };
};

type Received = { readonly status: number; readonly text: string } | { readonly failed: string };
type Unknown = { readonly outcome: 'unknown'; readonly reason: string; readonly retry: boolean; readonly down?: true };
type Read = Exclude<Answer, { outcome: 'unknown' }> | Unknown;

const causeOf = (error: unknown): string => {
  const { cause } = error as { readonly cause?: { readonly code?: unknown } };
  return typeof cause?.code === 'string' ? cause.code : 'failed';
};

const down = (reason: string): Unknown => ({ outcome: 'unknown', reason, retry: true, down: true });
const later = new Set(['429', '500', '501', '502', '503', '504', '505', '900']);

const parsed = (body: string): Json | undefined => {
  try {
    const value: unknown = JSON.parse(body);
    return isJson(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

/** Body first, HTTP status only when the body is no answer of the API; a page of a proxy is never "not found". */
const readAnswer = (received: Received, ref: PaymentRef, askedAt: Instant): Read => {
  if ('failed' in received) return down(received.failed);
  const body = parsed(received.text);
  const said = text(body?.status_code);
  if (!body || !said) return withoutBody(received.status);
  if (received.status === 202 && !text(body.transaction_status))
    return { outcome: 'unknown', reason: 'in-progress', retry: true };
  const message = text(body.status_message) ?? '';
  switch (said) {
    case '200':
    case '201':
    case '202':
    case '407':
      return reported(body, ref, askedAt);
    case '404':
      return { outcome: 'not-found' };
    case '406':
      return { outcome: 'conflict' };
    case '412':
      return { outcome: 'wrong-state' };
    case '414':
      return { outcome: 'balance', message };
    default:
      if (later.has(said)) return down(`status ${said}`);
      return { outcome: 'refused', code: said, message: [message, ...messagesOf(body)].join(' '), id: text(body.id) };
  }
};

const messagesOf = ({ validation_messages: messages }: Json): readonly string[] =>
  Array.isArray(messages) ? messages.filter((message) => typeof message === 'string') : [];

const withoutBody = (http: number): Unknown | Refused => {
  if (http === 202) return { outcome: 'unknown', reason: 'in-progress', retry: true };
  if (http === 401) return { outcome: 'refused', code: '401', message: 'the key was not accepted' };
  if (http === 429 || http >= 500) return down(`HTTP ${http}`);
  return { outcome: 'unknown', reason: `no answer of the API, HTTP ${http}`, retry: true };
};

const reported = (body: Json, ref: PaymentRef, askedAt: Instant): Read => {
  if (body.order_id !== ref) return { outcome: 'unknown', reason: 'an answer about another order', retry: false };
  const report = reportFrom(body, 'answer', askedAt);
  return report
    ? { outcome: 'report', report }
    : { outcome: 'unknown', reason: 'an answer without its fields', retry: false };
};
