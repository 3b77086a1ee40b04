/** Reads what the gateway answered (docs/midtrans.md §1): every answer a value. */
import type { Instant } from '../../kernel/types.ts';
import type { PaymentRef } from '../payment.ts';
import { type Json, jsonFrom, reportFrom, text } from '../reports/parse-report.ts';
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
 * - `not-found`: 404, answered by the API itself: there is no such transaction
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

/** What came of one attempt. */
export type Received = { readonly status: number; readonly text: string } | { readonly failed: string };
/** `down`: the gateway did not answer, or answered that it is down. */
type Unknown = { readonly outcome: 'unknown'; readonly reason: string; readonly retry: boolean; readonly down?: true };
export type Read = Exclude<Answer, { outcome: 'unknown' }> | Unknown;

const unknown = (reason: string, retry: boolean): Unknown => ({ outcome: 'unknown', reason, retry });
const down = (reason: string): Unknown => ({ ...unknown(reason, true), down: true });
const later = new Set(['429', '500', '501', '502', '503', '504', '505', '900']);

/** Body first, HTTP status only when the body is not an answer of the API; a page of a proxy is never "not found". */
export const readAnswer = (received: Received, ref: PaymentRef, sentAt: Instant): Read => {
  if ('failed' in received) return down(received.failed);
  const body = jsonFrom(received.text);
  const code = text(body?.status_code);
  if (!body || !code) return withoutBody(received.status);
  if (received.status === 202 && !text(body.transaction_status)) return unknown('in-progress', true);
  const message = text(body.status_message) ?? '';
  switch (code) {
    case '200':
    case '201':
    case '202':
    case '407':
      return reported(body, ref, sentAt);
    case '404':
      return { outcome: 'not-found' };
    case '406':
      return { outcome: 'conflict' };
    case '412':
      return { outcome: 'wrong-state' };
    case '414':
      return { outcome: 'balance', message };
    default:
      if (later.has(code)) return down(`status ${code}`);
      return { outcome: 'refused', code, message: [message, ...messagesOf(body)].join(' '), id: text(body.id) };
  }
};

const messagesOf = ({ validation_messages: messages }: Json): readonly string[] =>
  Array.isArray(messages) ? messages.filter((message) => typeof message === 'string') : [];

const withoutBody = (http: number): Unknown | Refused => {
  if (http === 202) return unknown('in-progress', true);
  if (http === 401) return { outcome: 'refused', code: '401', message: 'the key was not accepted' };
  if (http === 429 || http >= 500) return down(`HTTP ${http}`);
  return unknown(`no answer of the API, HTTP ${http}`, true);
};

const reported = (body: Json, ref: PaymentRef, sentAt: Instant): Read => {
  if (body.order_id !== ref) return unknown('an answer about another order', false);
  const report = reportFrom(body, 'answer', sentAt);
  return report ? { outcome: 'report', report } : unknown('an answer without its fields', false);
};
