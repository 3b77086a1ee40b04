/** The language of the fault script: what can go wrong with calls and notifications (midtrans.md). */
import * as z from 'zod/mini';
import { messages } from './errors.ts';
import { methods } from './methods.ts';
import { forgedBodies, forgedSignatures } from './tamper.ts';
import { successors } from './transaction.decider.ts';
import type { Status } from './transaction.ts';

const keyOf = <T extends object>(record: T) => z.enum(Object.keys(record) as Extract<keyof T, string>[]);
const count = z.int().check(z.positive());
const ms = z.int().check(z.nonnegative());

const operation = z.enum(['charge', 'capture', 'status', 'cancel', 'expire', 'refund', 'approve', 'deny']);
const status = z.enum(Object.keys(successors).filter((stage) => stage !== 'challenge') as Status[]);

/** `done`: whether the gateway did the work although the answer does not show it. */
const done = z.boolean();

const callFault = z.discriminatedUnion('kind', [
  /** Meaningless answers: 200 with a "server busy" body, a 5xx, an HTML page, half a JSON, nothing at all. */
  z.strictObject({
    kind: z.literal('busy'),
    as: z.enum(['json', 'text', 'html', '5xx', 'html-5xx', 'truncated', 'empty', 'null']),
    done,
  }),
  /** Accepts the call and never answers. */
  z.strictObject({ kind: z.literal('timeout'), done }),
  /** Closes the connection without an answer. */
  z.strictObject({ kind: z.literal('drop'), done }),
  /** HTTP 202 as for an Idempotency-Key whose first call is still running (§1.4); nothing is done. */
  z.strictObject({ kind: z.literal('202'), body: z.optional(z.enum(['empty', 'json'])) }),
  /** Takes `ms` real milliseconds, after the work (default) or before it. */
  z.strictObject({ kind: z.literal('slow'), ms, when: z.optional(z.enum(['before', 'after'])) }),
  /** Answers with this error instead of doing the work. */
  z.strictObject({ kind: z.literal('refuse'), code: keyOf(messages), http: z.optional(count) }),
  z.strictObject({ kind: z.literal('redirect'), to: z.string() }),
  /** Does the work, and answers with these fields instead; null leaves one out. */
  z.strictObject({ kind: z.literal('fields'), fields: z.record(z.string(), z.unknown()) }),
  /** The bank declines: a charge is answered 202/deny, a refund 202 "Refund denied by the bank". */
  z.strictObject({ kind: z.literal('decline') }),
  /** The customer pays just before the call (cancel and expire then lose, §7.2). */
  z.strictObject({ kind: z.literal('pay_first') }),
  /** Automatic fee imposition: the gateway charges more than requested (§8, midtrans-php#118); whole rupiah. */
  z.strictObject({ kind: z.literal('fee'), amount: count }),
]);

const tampering = z.discriminatedUnion('kind', [
  /** Another status under the old signature, which still fits: it does not cover it. */
  z.strictObject({ kind: z.literal('status'), to: z.string() }),
  /** Any field set to any value; `resign` makes the signature fit again. */
  z.strictObject({ kind: z.literal('field'), field: z.string(), value: z.unknown(), resign: z.optional(z.boolean()) }),
  z.strictObject({ kind: z.literal('missing'), field: z.string() }),
  /** The value in an array, which JavaScript would join to the same text. */
  z.strictObject({ kind: z.literal('array'), field: z.string() }),
  z.strictObject({ kind: z.literal('amount'), to: z.string() }),
  /** Order id and status code shifted into each other: the same signature (§4, no separators). */
  z.strictObject({ kind: z.literal('shifted') }),
  z.strictObject({ kind: z.literal('signature'), how: keyOf(forgedSignatures) }),
  z.strictObject({ kind: z.literal('body'), how: keyOf(forgedBodies) }),
]);

export const notificationFault = z.discriminatedUnion('kind', [
  /** Sent, and answered by the receiver, before the charge call is answered; with `pay` also the paid one. */
  z.strictObject({ kind: z.literal('early'), pay: z.optional(z.boolean()) }),
  /** Sent `ms` real milliseconds later. */
  z.strictObject({ kind: z.literal('late'), ms }),
  /** Sent `times` more. */
  z.strictObject({ kind: z.literal('duplicate'), times: count }),
  /** Held back until the next notification of the transaction was sent; `ms` real milliseconds at most (2,000). */
  z.strictObject({ kind: z.literal('reorder'), ms: z.optional(ms) }),
  z.strictObject({ kind: z.literal('lost') }),
  z.strictObject({ kind: z.literal('tamper'), how: tampering }),
  /** Unknown fields, and settlement_time on a captured card: legal, and to be ignored. */
  z.strictObject({ kind: z.literal('embellish') }),
]);

export const faultRule = z.strictObject({
  fault: z.union([callFault, notificationFault]),
  /** The calls a call fault is for; all when absent. */
  on: z.optional(operation),
  method: z.optional(keyOf(methods)),
  /** An order id, or its beginning followed by `*`. */
  order: z.optional(z.string()),
  /** The transaction status a notification fault is for. */
  when: z.optional(status),
  /** Only the next n that match; without it, every one until the rule is removed. */
  next: z.optional(count),
  /** Only this share of the orders (0 to 1), chosen by the seed. */
  rate: z.optional(z.number().check(z.minimum(0), z.maximum(1))),
});

export type Operation = z.infer<typeof operation>;
export type CallFault = z.infer<typeof callFault>;
export type NotificationFault = z.infer<typeof notificationFault>;
export type Tampering = z.infer<typeof tampering>;
export type FaultRule = Readonly<z.infer<typeof faultRule>>;
export type Fault = FaultRule['fault'];
