/** The gateway's Core API over HTTP (docs/midtrans.md §1, §2, §7): every answer a value, no key in any of them. */
import { log } from '../../kernel/log.ts';
import type { Breaker } from '../../platform/breaker.ts';
import type { BasePorts, Clock } from '../../platform/ports.ts';
import type { Keys } from '../../platform/secret-keys.ts';
import { type ChargeOrder, chargeBody, isRepeatable } from '../charge/charge-request.ts';
import type { PaymentRef } from '../payment.ts';
import type { RefundOrder } from '../refund/refund.ts';
import { type Answer, type Read, type Received, readAnswer } from './read-answer.ts';

export type Gateway = {
  readonly charge: (order: ChargeOrder) => Promise<Answer>;
  /** @param id the gateway order id, or a transaction id */
  readonly status: (ref: PaymentRef, id?: string) => Promise<Answer>;
  readonly cancel: (ref: PaymentRef) => Promise<Answer>;
  /** Ends a transaction that still waits for its customer. */
  readonly expire: (ref: PaymentRef) => Promise<Answer>;
  readonly refund: (order: RefundOrder & { readonly ref: PaymentRef }) => Promise<Answer>;
};

type GatewaySettings = {
  /** `https://api.midtrans.com`, without a path. */
  readonly baseUrl: string;
  readonly keys: Keys;
  readonly breaker: Breaker;
  /** Replaces the notification URL of the gateway's dashboard for this transaction. */
  readonly notifyUrl?: string | undefined;
};

/** Milliseconds for an attempt, and for all attempts of a call; below the time-outs of the functions that call. */
type Budget = { readonly attemptMs: number; readonly totalMs: number };

const budgets = {
  status: { attemptMs: 4_000, totalMs: 9_000 },
  charge: { attemptMs: 15_000, totalMs: 22_000 },
  command: { attemptMs: 10_000, totalMs: 18_000 },
} as const satisfies Record<string, Budget>;
const mostAttempts = 3;
const firstPauseMs = 200;

type Call = {
  readonly path: string;
  /** Makes it a POST. */
  readonly body?: object;
  /** At most 46 characters: a longer key is silently ignored. */
  readonly idempotencyKey?: string;
  /** Not sent again after an unknown outcome: the status is read instead. */
  readonly once?: true;
  readonly budget: Budget;
  readonly ref: PaymentRef;
};

/** Other characters break its URLs (midtrans-nodejs-client#70). Transaction ids are opaque and a little longer. */
const id = (value: string): string => {
  if (!/^(?!\.{1,2}$)[A-Za-z0-9._~-]{1,100}$/.test(value)) throw new RangeError('not an id of the gateway');
  return encodeURIComponent(value);
};
const causeOf = (error: unknown): string => {
  const { name, cause } = error as { readonly name?: unknown; readonly cause?: { readonly code?: unknown } };
  if (name === 'TimeoutError') return 'time-out';
  return `network: ${typeof cause?.code === 'string' ? cause.code : 'failed'}`;
};

export const midtrans = (
  { http, now, random, pause }: Clock & Pick<BasePorts, 'http'>,
  { baseUrl, keys, breaker, notifyUrl }: GatewaySettings,
): Gateway => {
  const attempt = async ({ path, body, idempotencyKey, budget }: Call, left: number): Promise<Received> => {
    const [key = ''] = await keys();
    const headers = {
      accept: 'application/json',
      authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}`,
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...(idempotencyKey ? { 'idempotency-key': idempotencyKey } : {}),
      ...(notifyUrl && path === '/v2/charge' ? { 'x-override-notification': notifyUrl } : {}),
    };
    const timeoutMs = Math.max(1, Math.min(budget.attemptMs, left));
    const sent = body ? ({ method: 'POST', body: JSON.stringify(body) } as const) : {};
    try {
      return await http(`${baseUrl}${path}`, { headers, timeoutMs, ...sent });
    } catch (error) {
      return { failed: causeOf(error) };
    }
  };

  /** @returns the answer of the last attempt; `before` is that of the attempt before it */
  const read = async (one: Call, left: number, before: Read | undefined): Promise<Read> => {
    const sentAt = now();
    const answer = readAnswer(await attempt(one, left), one.ref, sentAt);
    await breaker.record(!('down' in answer));
    if (answer.outcome !== 'refused') return answer;
    const { code, message } = answer;
    if (code === '401')
      log.error('Key refused', new Error(message), { paymentRef: one.ref, path: one.path }, { GatewayKeyRefused: 1 });
    // The attempt before may have been carried out: a refusal of its repetition proves nothing.
    return before?.outcome === 'unknown'
      ? { outcome: 'unknown', reason: `${before.reason}, then refused with ${code}`, retry: false }
      : answer;
  };

  const call = async (one: Call): Promise<Answer> => {
    const began = now();
    const left = (): number => one.budget.totalMs - (now() - began);
    let last: Read | undefined;
    for (let attempts = 1; attempts <= mostAttempts && (await breaker.allows()); attempts += 1) {
      last = await read(one, left(), last);
      if (last.outcome !== 'unknown' || !last.retry || one.once) break;
      const pauseMs = firstPauseMs * 2 ** (attempts - 1) * (0.5 + random());
      if (attempts === mostAttempts || left() < 2 * pauseMs) break;
      await pause(pauseMs);
    }
    if (!last) return { outcome: 'unknown', reason: 'breaker-open' };
    return last.outcome === 'unknown' ? { outcome: 'unknown', reason: last.reason } : last;
  };

  return {
    charge: async (order) => {
      const { ref } = order;
      const repeats = isRepeatable(order.method) ? { idempotencyKey: `${ref}-charge` } : { once: true as const };
      return call({ path: '/v2/charge', body: chargeBody(order), ref, budget: budgets.charge, ...repeats });
    },
    status: async (ref, idToRead = ref) => call({ path: `/v2/${id(idToRead)}/status`, ref, budget: budgets.status }),
    cancel: async (ref) => {
      const path = `/v2/${id(ref)}/cancel`;
      return call({ path, body: {}, ref, budget: budgets.command, idempotencyKey: `${ref}-cancel` });
    },
    expire: async (ref) => {
      const path = `/v2/${id(ref)}/expire`;
      return call({ path, body: {}, ref, budget: budgets.command, idempotencyKey: `${ref}-expire` });
    },
    refund: async ({ ref, key, amount, reason }) => {
      const body = { refund_key: key, amount, reason: reason.slice(0, 255) };
      return call({ path: `/v2/${id(ref)}/refund`, body, ref, budget: budgets.command });
    },
  };
};
