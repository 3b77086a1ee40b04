/** The deadline of an order: what its payments say is taken in, and its money is made even (ORD-6, ORD-7, ORD-8). */
import { nothing } from '../../kernel/decision.ts';
import { Unavailable } from '../../kernel/errors.ts';
import { log } from '../../kernel/log.ts';
import { minus, none, type Rupiah, sum } from '../../kernel/rupiah.ts';
import type { OrderId } from '../../kernel/types.ts';
import {
  endingOf,
  neededAgainOf,
  type Order,
  orderRef,
  paymentsRead,
  returnsOf,
  takePayment,
  unpaidOf,
  watchTrip,
} from '../../orders/rules.ts';
import { cancelAt } from '../charge/cancel.ts';
import type { ChargeDeps } from '../charge/charge.ts';
import { takeIn } from '../order-payments.ts';
import { shareOf } from '../payment.share.ts';
import { isPaid, orderIdOf, type Payment, type PaymentRef, paymentRef, underlying } from '../payment.ts';
import { requestRefund } from '../refund/refund.decider.ts';
import { isReturned, isSurplusByHand, surplusKey } from '../refund/refund.ts';
import { surplusNeeded } from '../refund/request-refund.ts';

/** No further call after this long: one may take 27 s, and the worker has 28. The rest is due again soon. */
const enoughMs = 1_000;

/** @param dueAt the deadline that woke it, for how late it is */
export const orderDeadline = async (deps: ChargeDeps, orderId: OrderId, dueAt: number): Promise<void> => {
  const { store } = deps;
  const at = deps.now();
  const { state } = await store.transition(orderRef(orderId), (order) => watchTrip(at, order));
  if (!state?.ask || state.ask.at > at) return log.info('Order woken', { orderId, outcome: 'no-money-due' });
  const known = await deps.paymentsOf(orderId);
  const order = (await takeIn(store, orderId, known, at)) ?? state;
  const isSoon = (): boolean => deps.now() - at < enoughMs;
  for (const ref of endingOf(order)) if (isSoon()) await end(deps, ref as PaymentRef, known);
  for (const { ref } of returnsOf(order)) if (isSoon()) await giveBack(deps, ref as PaymentRef);
  for (const { state: payment } of known) if (neededAgainOf(order) > 0) await keep(deps, payment);
  const reminds = unpaidOf(order) > sum(known.map((payment) => givenBack(payment.state)));
  const { state: after } = await store.transition(orderRef(orderId), (now) => paymentsRead(at, reminds, now));
  const isOwned = after?.ask?.owner !== undefined;
  const fields = { orderId, status: after?.status, outcome: 'read', owner: after?.ask?.owner };
  log.info('Order woken', fields, {
    DeadlineLate: Math.max(0, at - dueAt),
    ...(isOwned ? { OrderMoneyOverdue: 1 } : {}),
  });
};

const keep = async ({ store, now }: ChargeDeps, payment: Payment): Promise<void> => {
  if (!payment.refunds.some(isSurplusByHand)) return;
  const { decision } = await surplusNeeded(store, payment.ref, now());
  const { orderId, ref } = payment;
  log.info('Decided', { orderId, paymentRef: ref, command: 'keep-surplus', outcome: decision.outcome });
};

type Known = Awaited<ReturnType<ChargeDeps['paymentsOf']>>;

/** What a person or a bank gave back to the customer, other than a surplus: nobody is reminded of it. */
const givenBack = (payment: Payment): Rupiah => {
  if (!isPaid(underlying(payment))) return none;
  const surplus = payment.refunds.filter((refund) => refund.key.startsWith(surplusKey) && isReturned(refund));
  const gone = minus(payment.amount, shareOf(payment, 0).left);
  return minus(gone, sum(surplus.map(({ amount }) => amount)));
};

/** A charge that is under way, or whose outcome is not known, is ended by its own deadline. */
const end = async (deps: ChargeDeps, ref: PaymentRef, known: Known): Promise<void> => {
  const payment = known.find(({ state }) => state.ref === ref)?.state;
  const status = payment && underlying(payment).status;
  if (!status || status === 'INTENDED' || status === 'UNKNOWN') return;
  await ended(deps, ref);
};

const ended = (deps: ChargeDeps, ref: PaymentRef): Promise<void> =>
  cancelAt(deps, ref).catch((error: unknown) => {
    if (!(error instanceof Unavailable)) throw error;
    log.warn('Payment not ended', { paymentRef: ref, reason: error.message });
  });

/** Captured and not settled yet: the whole of it is voided; a part waits until it is settled. */
const giveBack = async (deps: ChargeDeps, ref: PaymentRef): Promise<void> => {
  const { state } = await deps.store.load(paymentRef(ref));
  const standing = state && underlying(state);
  if (!state || !standing || !isPaid(standing)) return;
  if (standing.settled) return returnSurplus(deps, ref);
  const { state: order } = await deps.store.load(orderRef(state.orderId));
  if (order && dueOf(order, ref) === state.amount) await ended(deps, ref);
};

const dueOf = (order: Order, ref: string) => returnsOf(order).find((one) => one.ref === ref)?.amount;

/**
 * The refund is written with the order it is a surplus of: no more of it is promised than is too much. The deadline
 * of the payment sends it.
 */
const returnSurplus = async ({ store, now }: ChargeDeps, ref: PaymentRef): Promise<void> => {
  const at = now();
  const [{ decision, state }] = await store.transitionAll(
    [paymentRef(ref), orderRef(orderIdOf(ref))] as const,
    ([payment, order], [version]) => {
      const amount = order && dueOf(order, ref);
      if (!payment || !order || !amount) return [nothing('no-surplus'), nothing('no-surplus')];
      const request = { ...surplusOf(payment), amount, reason: 'paid more than owed', at };
      const made = requestRefund(request, payment);
      if (made.outcome !== 'happened') return [made, nothing('refund-not-made')];
      return [made, takePayment(ref, shareOf(made.state, version + 1), at, order)];
    },
  );
  const code = decision.outcome === 'refused' ? decision.refusal.code : undefined;
  const fields = {
    orderId: state?.orderId,
    paymentRef: ref,
    command: 'return-surplus',
    outcome: decision.outcome,
    code,
  };
  log.info('Decided', fields, decision.outcome === 'happened' ? { RefundRequested: 1 } : {});
};

/** One key per surplus: a later one of the same payment has the next number. What was denied once is paid by hand. */
const surplusOf = ({ ref, refunds }: Payment): { readonly key: string; readonly isManual: boolean } => {
  const first = `${surplusKey}${ref}`;
  const before = refunds.filter(({ key }) => key.startsWith(first));
  const key = before.length === 0 ? first : `${first}-${before.length + 1}`;
  return { key, isManual: before.some(({ status }) => status === 'DENIED') };
};
