/** A refund: by its key, which is the gateway's idempotency token; or by hand, where the gateway cannot pay back. */
import type { Rupiah } from '../../kernel/rupiah.ts';
import { after, type Instant } from '../../kernel/types.ts';
import { manualRefundMs, manualRefundOwner } from '../poll-schedule.ts';

type RefundStatus =
  /** Written before the gateway is called; its status is read until it is known there or not. */
  | {
      readonly status: 'REQUESTED';
      readonly ask: { readonly at: Instant; readonly count: number };
      /** What the gateway counted as given back before: none of that can be this one. */
      readonly countedBefore?: Rupiah | undefined;
    }
  | { readonly status: 'ACCEPTED' }
  /** The bank confirmed it: the second of the gateway's two notifications. */
  | { readonly status: 'CONFIRMED' }
  | { readonly status: 'DENIED'; readonly why: string }
  | { readonly status: 'MANUAL'; readonly owner: string; readonly dueAt: Instant; readonly reminders: number }
  | { readonly status: 'PAID_BACK'; readonly reference: string; readonly by: string }
  /** Nothing is left to pay it from. */
  | { readonly status: 'VOIDED'; readonly why: string };

export const surplusKey = 'surplus-';

/** What is to be paid back; the key is the gateway's idempotency token. */
export type RefundOrder = { readonly key: string; readonly amount: Rupiah; readonly reason: string };
export type Refund = RefundOrder & {
  readonly requestedAt: Instant;
  /** What was requested, when less was left. */
  readonly wanted?: Rupiah | undefined;
  /** The second transaction of a customer who paid twice: it is paid back besides this payment's own money. */
  readonly of?: string | undefined;
} & RefundStatus;

/** A refund that a person pays: it has an owner and a time. */
export const byHand = (refund: RefundOrder & Pick<Refund, 'requestedAt' | 'of' | 'wanted'>, at: Instant): Refund => ({
  ...refund,
  status: 'MANUAL',
  owner: manualRefundOwner,
  dueAt: after(at, manualRefundMs),
  reminders: 0,
});

type Open = Extract<Refund, { status: 'REQUESTED' | 'MANUAL' }>;

export const isOpenRefund = (refund: Refund): refund is Open =>
  refund.status === 'REQUESTED' || refund.status === 'MANUAL';
/** A person pays it back because the order had more than it needed. */
export const isSurplusByHand = ({ status, key, of }: Refund): boolean =>
  status === 'MANUAL' && of === undefined && key.startsWith(surplusKey);
export const refundDueAt = (refund: Open): Instant => (refund.status === 'REQUESTED' ? refund.ask.at : refund.dueAt);
/** Its money is back, as far as the gateway or the person who paid it knows. */
export const isReturned = ({ status }: Refund): boolean =>
  status === 'ACCEPTED' || status === 'CONFIRMED' || status === 'PAID_BACK';
