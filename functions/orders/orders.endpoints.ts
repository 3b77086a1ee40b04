/** What each route of orders does: authorise where the order is known, one command, answer. */
import { log } from '../kernel/log.ts';
import { has } from '../kernel/principal.ts';
import { refusal } from '../kernel/problem.ts';
import type { Endpoints } from '../kernel/route.ts';
import { rupiah } from '../kernel/rupiah.ts';
import type { DriverId } from '../kernel/types.ts';
import { finish, type OrdersDeps, orderOf, refusals } from './commands.ts';
import { orderRef } from './order.ts';
import { orderView } from './order.view.ts';
import type { answers } from './orders.answers.ts';
import type { routes } from './orders.routes.ts';
import type { FareLimits } from './settings.ts';

export const endpoints = (
  deps: OrdersDeps & { readonly fareLimits: FareLimits },
): Endpoints<typeof routes, typeof answers> => ({
  'GET /orders/{id}': async ({ principal, params }) => {
    await orderOf(deps, params.id);
    const { state, version } = await deps.store.load(orderRef(params.id));
    if (!state) throw refusal(refusals.unknown);
    if (!has(principal, 'operator') && state.riderId !== principal.sub && state.driverId !== principal.sub)
      throw refusal(refusals.notYours);
    return { status: 200, body: orderView(state, version) };
  },

  'POST /orders/{id}/finish': async ({ principal, params, body, at }) => {
    const { fare, overtime = 0, extra = 0, inCash } = body;
    const amounts = { fare: rupiah(fare), overtime: rupiah(overtime), extra: rupiah(extra) };
    const by = has(principal, 'operator') ? {} : { driverId: principal.sub as DriverId, fareLimits: deps.fareLimits };
    const command = { ...amounts, ...by, inCash, at };
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
