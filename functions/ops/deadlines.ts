/** Wakes an item whose deadline has come: the same command for the delayed message and for the sweeper. */
import * as z from 'zod/mini';
import { type DispatchDeps, rideDeadline } from '../dispatch/commands.ts';
import { Invalid } from '../platform/errors.ts';
import { log } from '../platform/log.ts';
import { isOrderId } from '../platform/order-number.ts';
import type { SendWakes } from '../platform/timers.ts';
import { type Instant, instant } from '../platform/types.ts';

export const wakeMessage = z.object({ pk: z.string(), sk: z.string(), dueAt: z.int().check(z.minimum(0)) });
export type WakeMessage = z.infer<typeof wakeMessage>;
export type DeadlinesDeps = DispatchDeps & {
  readonly wake: SendWakes;
  /** Deadlines that ask the gateway go to a queue of their own: a slow gateway holds up no ride. */
  readonly wakeAtGateway: SendWakes;
  readonly now: () => Instant;
};

export const deadlines =
  (deps: DeadlinesDeps) =>
  async (message: WakeMessage): Promise<void> => {
    const at = deps.now();
    if (at < message.dueAt) return deps.wake([message]);
    if (/^(PAYMENT|EARLY)#/.test(message.sk)) return deps.wakeAtGateway([message]);
    await wakeItem(deps, message, at);
  };

const wakeItem = async (deps: DeadlinesDeps, { pk, sk, dueAt }: WakeMessage, at: Instant): Promise<void> => {
  const orderId = pk.replace(/^ORDER#/, '');
  if (sk !== 'RIDE' || !isOrderId(orderId))
    throw new Invalid('no item of this kind has a deadline', [{ field: 'sk', message: `${pk} ${sk} is not known` }]);
  const { decision, state } = await rideDeadline(deps, orderId, at);
  const happened = decision.outcome === 'happened';
  log.info(
    'Decided',
    { orderId, command: 'deadline', outcome: decision.outcome, status: state?.status },
    happened ? { DeadlineLate: at - instant(dueAt), ...(state?.status === 'EXPIRED' ? { RideExpired: 1 } : {}) } : undefined,
  );
};
