/** Delivers a message once per line of the story, however often it is called and whatever fails in between. */
import { Unavailable } from '../kernel/errors.ts';
import type { Clock } from '../platform/ports.ts';
import type { Deliveries, DeliveryLine } from './deliveries.store.ts';
import type { Channel } from './delivery.ts';

/** Another copy of the message is being sent now: nothing failed; retry later. */
export class InFlight extends Unavailable {
  override readonly name = 'InFlight';
}

/** `skipped`: it can never be sent. `dropped`: it is no longer wanted. */
export type Delivered =
  | { readonly outcome: 'sent'; readonly channel: Channel }
  | { readonly outcome: 'skipped'; readonly reason: string }
  | { readonly outcome: 'dropped' };
export type DeliveredOnce = Delivered | { readonly outcome: 'sent-before' };
export type DeliveryDeps = { readonly deliveries: Deliveries } & Pick<Clock, 'now'>;

/**
 * @param deliver called when this copy has the claim
 * @throws {InFlight} when another copy is being sent; {Unavailable} when the delivery failed: call again
 */
export const deliverOnce = async (
  { deliveries, now }: DeliveryDeps,
  line: DeliveryLine,
  deliver: () => Promise<Delivered>,
): Promise<DeliveredOnce> => {
  const claim = await deliveries.claim(line, now());
  if (claim === 'sent-before') return { outcome: claim };
  if (claim === 'in-flight') throw new InFlight(`${line.key} is being sent by another copy of the message`);
  const delivered = await deliver().catch(async (cause: unknown) => {
    await deliveries.release(line);
    throw new Unavailable(`${line.key} could not be sent`, { cause });
  });
  if (delivered.outcome !== 'dropped') await deliveries.close(line, delivered, now());
  // A claim that was taken over may have been sent already: its line is kept.
  else if (claim === 'claimed') await deliveries.release(line);
  return delivered;
};
