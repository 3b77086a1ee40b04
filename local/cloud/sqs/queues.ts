/** The queues of the template on the embedded SQS: made or kept, sent to in process, watched for their metrics. */
import { number, text, unused, z } from '../template/schema.ts';
import type { Stack } from '../template/stack.ts';
import type { SqsServer, StoredMessage, StoredQueue } from './fauxqs.ts';

const redrive = z.strictObject({ deadLetterTargetArn: text, maxReceiveCount: number });

const schema = z.strictObject({
  QueueName: text.optional(),
  VisibilityTimeout: number.default(30),
  MessageRetentionPeriod: number.default(345_600),
  ReceiveMessageWaitTimeSeconds: number.default(0),
  DelaySeconds: number.default(0),
  MaximumMessageSize: number.default(1_048_576),
  RedrivePolicy: redrive.optional(),
  RedriveAllowPolicy: unused,
  SqsManagedSseEnabled: unused,
  KmsMasterKeyId: unused,
  KmsDataKeyReusePeriodSeconds: unused,
  Tags: unused,
});

type Attributes = Readonly<Record<string, { readonly DataType: string; readonly StringValue?: string }>>;

export interface Queue {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly arn: string;
  readonly deadLetterArn: string | undefined;
  readonly retentionSeconds: number;
  readonly stored: StoredQueue;
  /** Called whenever a message may have become visible. */
  onMessages: () => void;
  readonly send: (body: string, attributes?: Attributes) => string;
}

export interface Queues {
  readonly all: readonly Queue[];
  readonly find: (arnOrUrl: string) => Queue;
  readonly server: SqsServer;
  readonly stop: () => Promise<void>;
}

const RETENTION_SWEEP_MS = 30_000;
const TIMER_MS = 40;

const attributesOf = (properties: z.infer<typeof schema>): Record<string, string> => ({
  VisibilityTimeout: String(properties.VisibilityTimeout),
  MessageRetentionPeriod: String(properties.MessageRetentionPeriod),
  ReceiveMessageWaitTimeSeconds: String(properties.ReceiveMessageWaitTimeSeconds),
  DelaySeconds: String(properties.DelaySeconds),
  MaximumMessageSize: String(properties.MaximumMessageSize),
  ...(properties.RedrivePolicy ? { RedrivePolicy: JSON.stringify(properties.RedrivePolicy) } : {}),
});

/** Keeps a queue that survived the restart, with today's attributes; making it again would wipe its messages. */
const keepOrMake = (
  { store }: SqsServer,
  name: string,
  wanted: { url: string; arn: string; attributes: Record<string, string> },
): StoredQueue => {
  const kept = store.getQueueByName(name);
  if (!kept || kept.arn !== wanted.arn) return store.createQueue(name, wanted.url, wanted.arn, wanted.attributes);
  store.queues.delete(kept.url);
  kept.url = wanted.url;
  store.queues.set(kept.url, kept);
  if (!wanted.attributes.RedrivePolicy) delete kept.attributes.RedrivePolicy;
  kept.setAttributes(wanted.attributes);
  return kept;
};

/** SQS forgets a message after its retention; the embedded one does not by itself. */
const dropExpired = (queue: Queue): void => {
  const oldest = Date.now() - queue.retentionSeconds * 1000;
  const expired = (message: StoredMessage): boolean => message.sentTimestamp < oldest;
  for (const message of queue.stored.messages.filter(expired))
    queue.stored.persistence?.deleteMessage(message.messageId);
  if (queue.stored.messages.some(expired))
    queue.stored.messages = queue.stored.messages.filter((message) => !expired(message));
};

export const openQueues = (stack: Stack, server: SqsServer): Queues => {
  const all = stack.read('AWS::SQS::Queue', schema).map(({ id, properties }): Queue => {
    const { ref: url, attributes } = stack.identify(id);
    const { QueueName: name = id, Arn: arn = '' } = attributes;
    const stored = keepOrMake(server, name, { url, arn, attributes: attributesOf(properties) });
    const queue: Queue = {
      id,
      name,
      url,
      arn,
      deadLetterArn: properties.RedrivePolicy?.deadLetterTargetArn,
      retentionSeconds: properties.MessageRetentionPeriod,
      stored,
      onMessages: () => {},
      send: (body, sent = {}) => {
        const bytes = Buffer.byteLength(body);
        if (bytes > properties.MaximumMessageSize)
          throw new Error(`a message of ${bytes} bytes is too long for ${name}`);
        const message = server.createMessage(
          body,
          sent,
          properties.DelaySeconds > 0 ? properties.DelaySeconds : undefined,
        );
        stored.enqueue(message);
        return message.messageId;
      },
    };
    const notify = stored.notifyWaiters.bind(stored);
    stored.notifyWaiters = () => {
      notify();
      queue.onMessages();
    };
    return queue;
  });
  const byReference = new Map(all.flatMap((queue) => [[queue.arn, queue] as const, [queue.url, queue] as const]));

  const timers = setInterval(() => {
    for (const { stored } of all)
      if (stored.delayedMessages.length > 0 || stored.inflightMessages.size > 0) stored.processTimers();
  }, TIMER_MS);
  const retention = setInterval(() => all.forEach(dropExpired), RETENTION_SWEEP_MS);

  return {
    all,
    server,
    find: (reference) => {
      const found = byReference.get(reference);
      if (!found) throw new Error(`the template has no queue ${reference}`);
      return found;
    },
    stop: async () => {
      clearInterval(timers);
      clearInterval(retention);
      await server.stop();
    },
  };
};
