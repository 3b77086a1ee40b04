/** What each route of payments does: authorise by the order, one command, answer. */
import { createHash } from 'node:crypto';
import type { Outcome } from '../kernel/aggregate.ts';
import { type Fields, log } from '../kernel/log.ts';
import type { Metrics } from '../kernel/metrics.ts';
import { has, type Principal } from '../kernel/principal.ts';
import { keyReused, Problem, refusal } from '../kernel/problem.ts';
import type { Endpoints, HttpAnswer, HttpRequest } from '../kernel/route.ts';
import { type Rupiah, rupiah } from '../kernel/rupiah.ts';
import type { OrderId } from '../kernel/types.ts';
import { type Contacts, contactFrom } from '../notify/commands.ts';
import { type Order, orderOf, refusals as orderRefusals } from '../orders/commands.ts';
import { fingerprintOf, formerFingerprintOf } from '../platform/fingerprint.ts';
import type { Charge, ChargeDeps } from './commands.ts';
import { cancel, charge, check, paidBackByHand, refund, refundKeyOf } from './commands.ts';
import { readPayments } from './order-payments.ts';
import type { Method, Payment, PaymentFact, PaymentRef } from './payment.ts';
import { isPaid, limits, orderIdOf, paymentRef, underlying } from './payment.ts';
import { paymentView } from './payment.view.ts';
import type { answers, Changed, PaymentView } from './payments.answers.ts';
import { refusals } from './payments.refusals.ts';
import type { routes } from './payments.routes.ts';

/** `contacts`: where the rider gets the receipt. */
type EndpointDeps = ChargeDeps & { readonly contacts: Pick<Contacts, 'remember'> };

export const endpoints = (deps: EndpointDeps): Endpoints<typeof routes, typeof answers> => ({
  'POST /orders/{id}/payments': (request) => pay(deps, request),

  'GET /orders/{id}/payments': async ({ principal, params }) => {
    const { orderId } = await ownOrder(deps, principal, params.id);
    const isOperator = has(principal, 'operator');
    const payments = await deps.paymentsOf(orderId);
    const views = payments.map(({ state, version }) => paymentView(state, version, isOperator));
    return { status: 200, body: { orderId, payments: views } };
  },

  'POST /payments/{ref}/check': async ({ principal, params: { ref }, at }) => {
    await ownPayment(deps, principal, ref);
    const outcome = await check(deps, ref);
    await readPayments(deps, orderIdOf(ref), at);
    const { state, version } = await ownPayment(deps, principal, ref);
    logDecision('check', state.orderId, { outcome, paymentRef: ref, status: state.standing.status });
    const payment = paymentView(state, version, has(principal, 'operator'));
    return { status: 200, body: { known: outcome === 'applied', payment } };
  },

  'POST /payments/{ref}/cancel': async ({ principal, params: { ref } }) => {
    const { state } = await ownPayment(deps, principal, ref);
    if (isPaid(underlying(state)) && !has(principal, 'operator'))
      throw new Problem(403, 'WRONG_ROLE', 'Only operators may cancel a payment that is paid.');
    return answer('cancel', await cancel(deps, ref), principal);
  },

  'POST /payments/{ref}/refund': async ({ principal, params: { ref }, body, idempotencyKey, at }) => {
    const key = refundKeyOf(ref, hashed(`${principal.sub} ${mustHave(idempotencyKey)}`));
    const amount = body.amount === undefined ? undefined : rupiah(body.amount);
    const outcome = await refund(deps, ref, { key, amount, reason: body.reason, at });
    return answer('refund', outcome, principal, { RefundRequested: 1 });
  },

  'POST /payments/{ref}/refunds/{key}/paid-back': async ({ principal, params: { ref, key }, body, at }) => {
    const outcome = await paidBackByHand(deps, ref, { key, reference: body.reference, by: principal.sub, at });
    return answer('paid-back', outcome, principal, { RefundPaidBack: 1 });
  },
});

type PayRequest = HttpRequest<(typeof routes)[0]>;

const pay = async (deps: EndpointDeps, request: PayRequest): Promise<HttpAnswer<PaymentView, 200 | 201 | 202>> => {
  const { principal, params, body, text, idempotencyKey } = request;
  const order = await ownOrder(deps, principal, params.id);
  const { orderId, riderId } = order;
  const { method, cardToken, purpose } = body;
  await rememberContact(deps, order, request);
  const key = idempotencyKey && `${principal.sub} ${idempotencyKey}`;
  const amount = body.amount === undefined ? undefined : rupiah(body.amount);
  const wanted = { orderId, riderId, method, purpose, amount, cardToken, key, fingerprint: fingerprintOf(body) };
  const { payment, version, outcome } = await chargedOnce(deps, wanted, text);
  const { ref, standing } = payment;
  const isRepeated = outcome === 'repeated';
  const fields = { outcome, paymentRef: ref, method, status: standing.status };
  logDecision('charge', orderId, fields, isRepeated ? {} : { PaymentCharged: 1 });
  const isUnknown = standing.status === 'UNKNOWN' || standing.status === 'INTENDED';
  return {
    status: isRepeated ? 200 : isUnknown ? 202 : 201,
    body: paymentView(payment, version, has(principal, 'operator')),
    headers: { location: `/orders/${orderId}/payments`, ...(isRepeated ? { 'idempotent-replayed': 'true' } : {}) },
  };
};

/** A key used before has done nothing more. A payment made before November 2026 has the former fingerprint. */
const chargedOnce = async (deps: ChargeDeps, wanted: Charge, text: string) => {
  const first = await charge(deps, wanted);
  const charged =
    first.outcome === 'key-reused' ? await charge(deps, { ...wanted, fingerprint: formerFingerprintOf(text) }) : first;
  if (charged.outcome === 'key-reused') throw keyReused;
  if (charged.outcome === 'not-taken') throw amountNotTaken(wanted.method, charged.amount);
  if (charged.outcome !== 'refused') return charged;
  logDecision('charge', wanted.orderId, { outcome: 'refused', code: charged.refusal.code });
  throw refusal(charged.refusal);
};

/** The address claim counts only in the rider's own token. Without an address there is a payment and no receipt. */
const rememberContact = async (
  { contacts }: EndpointDeps,
  { orderId, riderId }: Order,
  { principal, claims, body, at }: PayRequest,
): Promise<void> => {
  const contact = contactFrom(principal.sub === riderId ? claims : {}, body.email);
  if (!contact) return;
  await contacts.remember(riderId, contact, at).catch((error) => log.error('Contact not kept', error, { orderId }));
};

const hashed = (text: string): string => createHash('sha256').update(text).digest('base64url');

const ownOrder = async (deps: ChargeDeps, principal: Principal, orderId: OrderId): Promise<Order> => {
  const order = await orderOf(deps, orderId);
  if (!order) throw refusal(orderRefusals.unknown);
  if (!has(principal, 'operator') && order.riderId !== principal.sub) throw refusal(orderRefusals.notYours);
  return order;
};

const ownPayment = async ({ store }: ChargeDeps, principal: Principal, ref: PaymentRef) => {
  const { state, version } = await store.load(paymentRef(ref));
  if (!state || (!has(principal, 'operator') && state.riderId !== principal.sub)) throw refusal(refusals.unknown);
  return { state, version };
};

/** Without a key a repetition could not be distinguished from a second refund. */
const mustHave = (idempotencyKey: string | undefined): string => {
  if (idempotencyKey) return idempotencyKey;
  const errors = [{ field: 'Idempotency-Key', message: 'is missing' }];
  throw new Problem(400, 'INVALID_REQUEST', 'A refund needs an Idempotency-Key.', errors);
};

export const amountNotTaken = (method: Method, fare: Rupiah): Problem => {
  const [least, most] = limits[method];
  const detail = `This method takes Rp ${least} to Rp ${most}. Choose another one.`;
  return new Problem(422, 'AMOUNT_NOT_TAKEN', detail, [{ field: 'method', message: `does not take Rp ${fare}` }]);
};

const logDecision = (command: string, orderId: OrderId, fields: Fields, metrics: Metrics = {}): void =>
  log.info('Decided', { orderId, command, ...fields }, metrics);

const answer = (
  command: string,
  { decision, state, version }: Outcome<Payment, PaymentFact>,
  principal: Principal,
  metrics: Metrics = {},
): HttpAnswer<Changed, 200> => {
  const { outcome } = decision;
  if (state) {
    const { orderId, ref, standing } = state;
    const code = outcome === 'refused' ? decision.refusal.code : undefined;
    const reason = outcome === 'nothing' ? decision.reason : undefined;
    const fields = { outcome, code, reason, paymentRef: ref, status: standing.status };
    logDecision(command, orderId, fields, outcome === 'happened' ? metrics : {});
  }
  if (outcome === 'refused') throw refusal(decision.refusal);
  if (!state) throw refusal(refusals.unknown);
  const payment = paymentView(state, version, has(principal, 'operator'));
  return { status: 200, body: { success: true, alreadyProcessed: outcome === 'nothing', payment } };
};
