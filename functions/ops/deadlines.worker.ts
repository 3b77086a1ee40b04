/** Wakes an item whose deadline has come: the same command for the delayed message and for the sweeper. */
import * as z from 'zod/mini';
import { type DispatchDeps, rideDeadline } from '../dispatch/commands.ts';
import { ezpayDeadline } from '../ezpay/commands.ts';
import { Invalid } from '../kernel/errors.ts';
import { log } from '../kernel/log.ts';
import { type Instant, instant, type OrderId } from '../kernel/types.ts';
import { isOrderId } from '../platform/order-number.ts';
import type { Outcome } from '../platform/store.ts';
import type { SendWakes } from '../platform/timers.ts';

export const wakeMessage = z.object({ pk: z.string(), sk: z.string(), dueAt: z.int().check(z.minimum(0)) });
export type WakeMessage = z.infer<typeof wakeMessage>;
export type DeadlinesDeps = DispatchDeps & {
  readonly wake: SendWakes;
  /** Deadlines that ask the gateway go to a queue of their own: a slow gateway holds up no ride. */
  readonly wakeAtGateway: SendWakes;
  readonly now: () => Instant;
};

/** A wake-up is sent on each 15 minutes until its time: one for a time nobody meant would go round for ever. */
const farthest = 400 * 86_400_000;

export const deadlines =
  (deps: DeadlinesDeps) =>
  async (message: WakeMessage): Promise<void> => {
    const at = deps.now();
    if (message.dueAt - at > farthest)
      throw new Invalid('no deadline lies so far away', [{ field: 'dueAt', message: 'is not milliseconds' }]);
    if (at < message.dueAt) return deps.wake([message]);
    if (/^(PAYMENT|EARLY)#/.test(message.sk)) return deps.wakeAtGateway([message]);
    await wakeItem(deps, message, at);
  };

type Woken = { readonly outcome: Outcome<unknown>['decision']['outcome']; readonly status: string | undefined };

/** What a deadline means for each kind of item that has one, by its sort key. */
const wakings: Readonly<Record<string, (deps: DeadlinesDeps, orderId: OrderId, at: Instant) => Promise<Woken>>> = {
  RIDE: async (deps, orderId, at) => {
    const { decision, state } = await rideDeadline(deps, orderId, at);
    return { outcome: decision.outcome, status: state?.status };
  },
  EZPAY: async (deps, orderId, at) => {
    const { decision, state } = await ezpayDeadline(deps, orderId, at);
    return { outcome: decision.outcome, status: state?.status };
  },
};

const wakeItem = async (deps: DeadlinesDeps, { pk, sk, dueAt }: WakeMessage, at: Instant): Promise<void> => {
  const orderId = pk.replace(/^ORDER#/, '');
  const waking = Object.hasOwn(wakings, sk) ? wakings[sk] : undefined;
  if (!waking || !isOrderId(orderId))
    throw new Invalid('no item of this kind has a deadline', [{ field: 'sk', message: `${pk} ${sk} is not known` }]);
  const { outcome, status } = await waking(deps, orderId, at);
  log.info(
    'Decided',
    { orderId, command: 'deadline', outcome, status },
    outcome === 'happened'
      ? { DeadlineLate: at - instant(dueAt), ...(status === 'EXPIRED' ? { RideExpired: 1 } : {}) }
      : undefined,
  );
};
