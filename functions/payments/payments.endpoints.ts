/** What each route of payments does: authorise by the order, one command, answer. */
import { createHash } from 'node:crypto';
import type { Outcome } from '../kernel/aggregate.ts';
import { type Fields, log } from '../kernel/log.ts';
import type { Metrics } from '../kernel/metrics.ts';
import type { Principal } from '../kernel/principal.ts';
import { has } from '../kernel/principal.ts';
import { keyReused, Problem, refusal } from '../kernel/problem.ts';
import type { Endpoints, HttpAnswer, HttpRequest } from '../kernel/route.ts';
import { type Rupiah, rupiah } from '../kernel/rupiah.ts';
import type { OrderId } from '../kernel/types.ts';
import { type Contacts, contactFrom } from '../notify/commands.ts';
import { cashRef, type Order, orderOf, refusals as orderRefusals } from '../orders/commands.ts';
import { fingerprintOf, formerFingerprintOf } from '../platform/fingerprint.ts';
import { limits } from './charge/charge-request.ts';
import { type ChargeDeps, cancel, charge, check, paidBackByHand, refund, refundKeyOf } from './commands.ts';
import {
  isPaid,
  type Method,
  orderIdOf,
  type Payment,
  type PaymentFact,
  type PaymentRef,
  paymentRef,
  underlying,
} from './payment.ts';
import { paymentView } from './payment.view.ts';
import type { answers, Changed } from './payments.answers.ts';
import type { routes } from './payments.routes.ts';
import type { Pay } from './payments.schemas.ts';

/** `contacts`: where the rider gets the receipt. */
export type EndpointDeps = ChargeDeps & { readonly contacts: Pick<Contacts, 'remember'> };

export const endpoints = (deps: EndpointDeps): Endpoints<typeof routes, typeof answers> => ({
  'POST /orders/{id}/payments': async (request) => {
    const { principal, params, body, text, idempotencyKey } = request;
    const order = await ownOrder(deps, principal, params.id);
    if (!('fare' in order)) throw refusal(orderRefusals.notFinished);
    if (order.status === 'PAID' && order.paymentRef === cashRef(order.orderId))
      throw refusal(orderRefusals.nothingToPay);
    const { method, cardToken } = body;
    mustTake(method, order.fare);
    await rememberContact(deps, order, request);
    const wanted = {
      orderId: order.orderId,
      riderId: order.riderId,
      amount: order.fare,
      method,
      cardToken,
      key: idempotencyKey && `${principal.sub} ${idempotencyKey}`,
      fingerprint: fingerprintOf(body),
    };
    const first = await charge(deps, wanted);
    // Nothing was done under a key that was used before. A payment made before November 2026 has the former fingerprint.
    const charged =
      first.outcome === 'key-reused'
        ? await charge(deps, { ...wanted, fingerprint: formerFingerprintOf(text) })
        : first;
    if (charged.outcome === 'key-reused') throw keyReused;
    if (charged.outcome === 'refused') {
      decided('charge', order.orderId, { outcome: 'refused', code: charged.refusal.code });
      throw refusal(charged.refusal);
    }
    const { payment, version, outcome } = charged;
    const { status } = payment.standing;
    decided(
      'charge',
      order.orderId,
      { outcome, paymentRef: payment.ref, method, status },
      outcome === 'charged' ? { PaymentCharged: 1 } : undefined,
    );
    return {
      status: outcome === 'repeated' ? 200 : status === 'UNKNOWN' || status === 'INTENDED' ? 202 : 201,
      body: paymentView(payment, version, has(principal, 'operator')),
      headers: {
        location: `/orders/${order.orderId}/payments`,
        ...(outcome === 'repeated' ? { 'idempotent-replayed': 'true' } : {}),
      },
    };
  },

  'GET /orders/{id}/payments': async ({ principal, params }) => {
    const order = await ownOrder(deps, principal, params.id);
    const payments = await deps.paymentsOf(order.orderId);
    return {
      status: 200,
      body: {
        orderId: order.orderId,
        payments: payments.map(({ state, version }) => paymentView(state, version, has(principal, 'operator'))),
      },
    };
  },

  'POST /payments/{ref}/check': async ({ principal, params }) => {
    const ref = params.ref;
    await ownPayment(deps, principal, ref);
    const outcome = await check(deps, ref);
    const { state, version } = await ownPayment(deps, principal, ref);
    decided('check', state.orderId, { outcome, paymentRef: ref, status: state.standing.status });
    return {
      status: 200,
      body: { known: outcome === 'applied', payment: paymentView(state, version, has(principal, 'operator')) },
    };
  },

  'POST /payments/{ref}/cancel': async ({ principal, params }) => {
    const ref = params.ref;
    const { state } = await ownPayment(deps, principal, ref);
    if (isPaid(underlying(state)) && !has(principal, 'operator'))
      throw new Problem(403, 'WRONG_ROLE', 'Money that was paid is given back by operators only.');
    return answer('cancel', await cancel(deps, ref), principal);
  },

  'POST /payments/{ref}/refund': async (request) => {
    const { principal, params, body, at } = request;
    const ref = params.ref;
    const { amount, reason } = body;
    const key = refundKeyOf(ref, hashed(`${principal.sub} ${mustHaveKey(request)}`));
    const outcome = await refund(deps, ref, {
      key,
      amount: amount === undefined ? undefined : rupiah(amount),
      reason,
      at,
    });
    return answer('refund', outcome, principal, { RefundRequested: 1 });
  },

  'POST /payments/{ref}/refunds/{key}/paid-back': async ({ principal, params, body, at }) => {
    const { reference } = body;
    const done = { key: params.key, reference, by: principal.sub, at };
    return answer('paid-back', await paidBackByHand(deps, params.ref, done), principal, {
      RefundPaidBack: 1,
    });
  },
});

/** The claim is the rider's own only in the rider's own token. Without an address there is no receipt, but a payment all the same. */
const rememberContact = async (
  { contacts }: EndpointDeps,
  { orderId, riderId }: Order,
  { principal, claims, body, at }: Pick<HttpRequest, 'principal' | 'claims' | 'at'> & { readonly body: Pay },
): Promise<void> => {
  const contact = contactFrom(principal.sub === riderId ? claims : {}, body.email);
  if (contact)
    await contacts
      .remember(riderId, contact, at)
      .catch((error: unknown) => log.error('Contact not kept', error, { orderId }));
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
  if (!state || (!has(principal, 'operator') && state.riderId !== principal.sub)) throw refusal(unknownPayment);
  return { state, version };
};

export const unknownPayment = {
  code: 'PAYMENT_NOT_FOUND',
  message: 'There is no payment with this reference that is yours. Check the reference and the token.',
  status: 404,
} as const;

/** Without a key a repetition could not be told from a second refund. */
const mustHaveKey = ({ idempotencyKey }: Pick<HttpRequest, 'idempotencyKey'>): string => {
  if (idempotencyKey) return idempotencyKey;
  throw new Problem(400, 'INVALID_REQUEST', 'A refund needs a name of its own.', [
    { field: 'Idempotency-Key', message: 'must be there' },
  ]);
};

export const amountNotTaken = (method: Method, fare: Rupiah): Problem => {
  const [least, most] = limits[method];
  const detail = `This method takes Rp ${least} to Rp ${most}. Choose another one.`;
  return new Problem(422, 'AMOUNT_NOT_TAKEN', detail, [{ field: 'method', message: `does not take Rp ${fare}` }]);
};

const mustTake = (method: Method, fare: Rupiah): void => {
  const [least, most] = limits[method];
  if (fare < least || fare > most) throw amountNotTaken(method, fare);
};

const decided = (command: string, orderId: OrderId, fields: Fields, metrics?: Metrics): void =>
  log.info('Decided', { orderId, command, ...fields }, metrics);

const fieldsOf = (decision: Outcome<Payment, PaymentFact>['decision']): Fields => {
  if (decision.outcome === 'refused') return { outcome: decision.outcome, code: decision.refusal.code };
  return decision.outcome === 'nothing'
    ? { outcome: decision.outcome, reason: decision.reason }
    : { outcome: decision.outcome };
};

const answer = (
  command: string,
  { decision, state, version }: Outcome<Payment, PaymentFact>,
  principal: Principal,
  metrics?: Metrics,
): HttpAnswer<Changed, 200> => {
  if (state)
    decided(
      command,
      orderIdOf(state.ref),
      { ...fieldsOf(decision), paymentRef: state.ref, status: state.standing.status },
      decision.outcome === 'happened' ? metrics : undefined,
    );
  if (decision.outcome === 'refused') throw refusal(decision.refusal);
  if (!state) throw refusal(unknownPayment);
  return {
    status: 200,
    body: {
      success: true,
      alreadyProcessed: decision.outcome === 'nothing',
      payment: paymentView(state, version, has(principal, 'operator')),
    },
  };
};
