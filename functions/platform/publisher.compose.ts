/** The first reader of the State stream: the publisher. */
import { required } from './env.ts';
import { parkIn } from './park.ts';
import type { Env, Ports } from './ports.ts';
import { publisher } from './publisher.ts';
import { streamReader } from './stream-reader.ts';
import { timers } from './timers.ts';

export const compose = ({ bus, queues, now }: Ports<'bus' | 'queues'>, env: Env) => {
  const busName = required(env, 'BUS_NAME');
  return streamReader(
    publisher({
      publish: (events) => bus(busName, events),
      wake: timers({ queues, now }, required(env, 'TIMERS_QUEUE_URL')),
      now,
    }),
    parkIn(queues, required(env, 'DEAD_LETTER_URL')),
  );
};
