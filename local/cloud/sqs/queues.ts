/** The queues of the template on the embedded SQS: created or kept, sent to in process. */
import { number, text, unused, z } from '../template/schema.ts';
import type { Found, Stack } from '../template/stack.ts';
import { moveQueue, type SqsServer, type StoredQueue, watchQueue } from './fauxqs.ts';

const redrive = z.strictObject({ deadLetterTargetArn: text, maxReceiveCount: number });

const numbers = {
  VisibilityTimeout: number.default(30),
  MessageRetentionPeriod: number.default(345_600),
  ReceiveMessageWaitTimeSeconds: number.default(0),
  DelaySeconds: number.default(0),
  MaximumMessageSize: number.default(1_048_576),
};
const schema = z.strictObject({
  ...numbers,
  QueueName: text.optional(),
  RedrivePolicy: redrive.optional(),
  ...unused('RedriveAllowPolicy', 'SqsManagedSseEnabled', 'KmsMasterKeyId', 'KmsDataKeyReusePeriodSeconds', 'Tags'),
});

type Attributes = Readonly<Record<string, { readonly DataType: string; readonly StringValue?: string }>>;

export type Queue = ReturnType<typeof openQueue>;
export type Queues = ReturnType<typeof openQueues>;

const retentionSweepMs = 30_000;
const timerMs = 40;

/** Message attributes of texts. */
export const stringAttributes = (values: Readonly<Record<string, string>>): Attributes =>
  Object.fromEntries(
    Object.entries(values).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }] as const),
  );

/** Attributes as SQS has them: all are texts. */
const attributesOf = ({ RedrivePolicy, ...properties }: z.infer<typeof schema>): Record<string, string> => ({
  ...z.record(text, z.coerce.string()).parse(z.object(numbers).parse(properties)),
  ...(RedrivePolicy && { RedrivePolicy: JSON.stringify(RedrivePolicy) }),
});

/** Keeps a queue that survived the restart, with today's attributes; creating it again would wipe its messages. */
const keepOrCreate = (
  { store }: SqsServer,
  name: string,
  wanted: { url: string; arn: string; attributes: Record<string, string> },
): StoredQueue => {
  const kept = store.getQueueByName(name);
  if (!kept || kept.arn !== wanted.arn) return store.createQueue(name, wanted.url, wanted.arn, wanted.attributes);
  moveQueue(store, kept, wanted.url);
  if (!wanted.attributes.RedrivePolicy) delete kept.attributes.RedrivePolicy;
  kept.setAttributes(wanted.attributes);
  return kept;
};

/** SQS forgets a message after its retention; the embedded one does not. */
const dropExpired = ({ stored, retentionSeconds }: Queue): void => {
  const oldest = Date.now() - retentionSeconds * 1000;
  const expired = stored.messages.filter(({ sentTimestamp }) => sentTimestamp < oldest);
  if (expired.length === 0) return;
  for (const { messageId } of expired) stored.persistence?.deleteMessage(messageId);
  stored.messages = stored.messages.filter(({ sentTimestamp }) => sentTimestamp >= oldest);
};

const openQueue = (stack: Stack, server: SqsServer, { id, properties }: Found<z.infer<typeof schema>>) => {
  const { ref: url, attributes } = stack.identify(id);
  const { QueueName: name = id, Arn: arn = '' } = attributes;
  const stored = keepOrCreate(server, name, { url, arn, attributes: attributesOf(properties) });
  const { DelaySeconds: delay, MaximumMessageSize: largest } = properties;
  const queue = {
    name,
    url,
    arn,
    retentionSeconds: properties.MessageRetentionPeriod,
    stored,
    /** Called whenever a message may have become visible. */
    onMessages: (): void => {},
    send: (body: string, sent: Attributes = {}): void => {
      const bytes = Buffer.byteLength(body);
      if (bytes > largest) throw new Error(`a message of ${bytes} bytes is too long for ${name}`);
      stored.enqueue(server.createMessage(body, sent, delay > 0 ? delay : undefined));
    },
  };
  watchQueue(stored, () => queue.onMessages());
  return queue;
};

export const openQueues = (stack: Stack, server: SqsServer) => {
  const all = stack.read('AWS::SQS::Queue', schema).map((found) => openQueue(stack, server, found));
  const byReference = new Map(all.flatMap((queue) => [[queue.arn, queue] as const, [queue.url, queue] as const]));
  const timers = setInterval(() => {
    for (const { stored } of all)
      if (stored.delayedMessages.length > 0 || stored.inflightMessages.size > 0) stored.processTimers();
  }, timerMs);
  const retention = setInterval(() => all.forEach(dropExpired), retentionSweepMs);

  return {
    all,
    server,
    find: (arnOrUrl: string): Queue => {
      const found = byReference.get(arnOrUrl);
      if (!found) throw new Error(`the template has no queue ${arnOrUrl}`);
      return found;
    },
    stop: async (): Promise<void> => {
      clearInterval(timers);
      clearInterval(retention);
      await server.stop();
    },
  };
};
