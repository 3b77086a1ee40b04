/** The first reader of the State stream: the publisher. */
import { breaker } from './breaker.ts';
import { required } from './env.ts';
import { handOver } from './hand-over.ts';
import { keptFacts } from './kept-facts.ts';
import { parkIn } from './park.ts';
import type { Env, Ports } from './ports.ts';
import { publisher } from './publisher.ts';
import { streamReader } from './stream-reader.ts';
import { timers } from './timers.ts';

export const compose = ({ bus, dynamo, queues, now }: Ports<'bus' | 'dynamo' | 'queues'>, env: Env) => {
  const table = required(env, 'STATE_TABLE');
  const ofBus = breaker({ dynamo, now }, table, 'bus');
  const park = parkIn(queues, required(env, 'DEAD_LETTER_URL'));
  const publish = publisher({
    handOver: handOver(bus, required(env, 'BUS_NAME'), ofBus),
    breaker: ofBus,
    facts: keptFacts({ dynamo, now }, table),
    park,
    wake: timers({ queues, now }, required(env, 'TIMERS_QUEUE_URL')),
    keepAfterMs: Number(required(env, 'KEEP_FACTS_AFTER_SECONDS')) * 1_000,
    now,
  });
  return streamReader(publish, park);
};
