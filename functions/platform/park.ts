/** Parks a message that can never be processed in the dead-letter queue, with the reason. */
import { log } from '../kernel/log.ts';
import type { Queues } from './ports.ts';

/** @throws the SDK's error when the queue cannot be reached: the message then stays in its queue and is retried */
export type Park = (body: string, reason: string, source: string) => Promise<void>;

export const parkIn =
  ({ send }: Pick<Queues, 'send'>, deadLetterUrl: string): Park =>
  async (body, reason, source) => {
    await send(deadLetterUrl, body || '(empty)', { reason, source });
    log.error('Parked', new Error(reason), { source, reason }, { Parked: 1 });
  };
