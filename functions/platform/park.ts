/** Parks what can never be processed in the dead letters of its queue, with the reason, so that nothing behind it is held up. */
import { log } from '../kernel/log.ts';
import type { Queues } from './ports.ts';

/** @throws the SDK's error when the queue cannot be reached: the message then stays where it is and is tried again */
export type Park = (body: string, reason: string, source: string) => Promise<void>;

export const parkIn =
  ({ send }: Pick<Queues, 'send'>, deadLetterUrl: string): Park =>
  async (body, reason, source) => {
    await send(deadLetterUrl, body || '(empty)', { reason, source });
    log.error('Parked', new Error(reason), { source, reason }, { Parked: 1 });
  };
