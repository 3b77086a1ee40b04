/** What each route of orders does: authorise where the order is known, one command, answer. */
import { log } from '../kernel/log.ts';
import { has } from '../kernel/principal.ts';
import { refusal } from '../kernel/problem.ts';
import type { Endpoints } from '../kernel/route.ts';
import { rupiah } from '../kernel/rupiah.ts';
import { type DriverId, iso } from '../kernel/types.ts';
import { finish, type OrdersDeps, orderOf, refusals } from './commands.ts';
import { type Order, orderRef } from './order.ts';
import type { answers, OrderView } from './orders.answers.ts';
import type { routes } from './orders.routes.ts';

export const endpoints = (deps: OrdersDeps): Endpoints<typeof routes, typeof answers> => ({
  'GET /orders/{id}': async ({ principal, params }) => {
    await orderOf(deps, params.id);
    const { state, version } = await deps.store.load(orderRef(params.id));
    if (!state) throw refusal(refusals.unknown);
    if (!has(principal, 'operator') && state.riderId !== principal.sub && state.driverId !== principal.sub)
      throw refusal(refusals.notYours);
    return { status: 200, body: orderView(state, version) };
  },

  'POST /orders/{id}/finish': async ({ principal, params, body, at }) => {
    const { fare, inCash } = body;
    const driverId = has(principal, 'operator') ? undefined : (principal.sub as DriverId);
    const command = { fare: rupiah(fare), inCash, driverId, at };
    const { decision, state, version } = await finish(deps, params.id, command);
    const { outcome } = decision;
    const code = decision.outcome === 'refused' ? decision.refusal.code : undefined;
    const metrics =
      outcome === 'happened' ? { OrderFinished: 1, ...(inCash ? { OrderPaidInCash: 1 } : {}) } : undefined;
    log.info('Decided', { orderId: params.id, command: 'finish', outcome, code }, metrics);
    if (decision.outcome === 'refused') throw refusal(decision.refusal);
    if (!state) throw refusal(refusals.unknown);
    const order = orderView(state, version);
    return { status: 200, body: { success: true, alreadyProcessed: outcome === 'nothing', order } };
  },
});

const orderView = (order: Order, version: number): OrderView => ({
  orderId: order.orderId,
  status: order.status,
  version,
  riderId: order.riderId,
  ...(order.driverId ? { driverId: order.driverId } : {}),
  serviceLine: order.serviceLine,
  ...(order.car ? { car: order.car, paymentMethod: order.paymentMethod } : {}),
  openedAt: iso(order.openedAt),
  ...('fare' in order ? { fare: order.fare, finishedAt: iso(order.finishedAt) } : {}),
  ...(order.status === 'PAID' ? { paymentRef: order.paymentRef, paidAt: iso(order.paidAt) } : {}),
});
