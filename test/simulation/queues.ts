/** The queues of the template and their functions: batches, filters, partial failures, bounded concurrency. */
import type { Engine } from './engine.ts';
import type { Faults } from './faults.ts';
import type { Lambdas } from './lambdas.ts';
import type { MappingPlan, QueuePlan } from './plans.ts';
import { type Message, type Queue, queue } from './queue.ts';

export type QueuesOptions = {
  readonly engine: Engine;
  readonly faults: Faults;
  readonly lambdas: () => Lambdas;
  readonly plans: readonly QueuePlan[];
  readonly mappings: readonly MappingPlan[];
};

const failedIds = (payload: unknown): ReadonlySet<string> => {
  const { batchItemFailures = [] } = (payload ?? {}) as {
    readonly batchItemFailures?: readonly { readonly itemIdentifier: string }[];
  };
  return new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
};

const parsed = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
};

const recordOf = (message: Message, { arn }: QueuePlan): object => ({
  messageId: message.id,
  receiptHandle: message.receipt,
  body: message.body,
  attributes: { ApproximateReceiveCount: String(message.receives), SentTimestamp: String(message.sentAt) },
  messageAttributes: Object.fromEntries(
    Object.entries(message.attributes).map(([name, stringValue]) => [name, { dataType: 'String', stringValue }]),
  ),
  eventSource: 'aws:sqs',
  eventSourceARN: arn,
  awsRegion: 'ap-southeast-3',
});

export const queues = ({ engine, faults, lambdas, plans, mappings }: QueuesOptions) => {
  const byName = new Map<string, Queue>();
  const find = (arnOrUrl: string): Queue => {
    const found = byName.get(arnOrUrl);
    if (!found) throw new Error(`there is no queue ${arnOrUrl}`);
    return found;
  };

  const reader = (from: () => Queue, { target, matches, partialFailures, batchSize, concurrency }: MappingPlan) => {
    let running = 0;
    const deliver = async (batch: readonly Message[]): Promise<void> => {
      const own = from();
      const wanted = batch.filter((message) => {
        const keep = !matches || matches({ ...recordOf(message, own.plan), body: parsed(message.body) });
        if (!keep) own.messages.delete(message);
        return keep;
      });
      if (wanted.length === 0) return;
      const receipts = new Map(wanted.map((message) => [message, message.receipt]));
      const met = wanted.flatMap(({ again }) => (again ? [again] : []));
      const outcome = await lambdas().invoke(target, { Records: wanted.map((one) => recordOf(one, own.plan)) }, met);
      if (!outcome.ok) return;
      const failed = partialFailures ? failedIds(outcome.payload) : new Set<string>();
      for (const [message, receipt] of receipts) if (!failed.has(message.id)) own.done(message, receipt);
    };
    const pump = (): void => {
      if (running >= concurrency) return;
      const batch = from().receive(1 + engine.random.below(batchSize));
      if (batch.length === 0) return;
      running += 1;
      void deliver(batch).finally(() => {
        running -= 1;
        engine.after(1, pump);
      });
      engine.after(1, pump);
    };
    return pump;
  };

  for (const plan of plans) {
    const mapping = mappings.find(({ source }) => source === plan.arn);
    const own = queue(plan, {
      engine,
      faults,
      onVisible: mapping ? reader(() => find(plan.arn), mapping) : () => undefined,
      putDead: (body, attributes) => plan.deadLetters && find(plan.deadLetters.arn).put(body, attributes, 0),
    });
    byName.set(plan.arn, own);
    byName.set(plan.url, own);
  }
  const all = plans.map(({ arn }) => find(arn));
  return {
    find,
    all,
    /** All dead letters go back to the queues they came from. */
    redrive: (): void => {
      for (const one of all) {
        const dead = one.plan.deadLetters && find(one.plan.deadLetters.arn);
        if (dead && dead.messages.size > 0) dead.redriveTo(one);
      }
    },
  };
};
export type Queues = ReturnType<typeof queues>;
