/** The redelivery state of the queues: their counts from SQS, the age of the oldest message from CloudWatch. */
import { type CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { GetQueueAttributesCommand, paginateListQueues, type SQSClient } from '@aws-sdk/client-sqs';
import type { Instant } from '../kernel/types.ts';
import type { QueueState } from './queue-state.decider.ts';

export type Queues = {
  readonly sqs: SQSClient;
  /** Without it, or when it does not answer, the age of the oldest message is unknown. */
  readonly cloudWatch?: CloudWatchClient | undefined;
  /** What the names of the queues of the stage begin with. */
  readonly prefix: string;
};
export type QueueReport = { readonly queues: readonly QueueState[]; readonly agesUnknown?: string };

const nameOf = (url: string): string => url.slice(url.lastIndexOf('/') + 1);

const counts = async (sqs: SQSClient, url: string): Promise<QueueState> => {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: url,
      AttributeNames: [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesNotVisible',
        'ApproximateNumberOfMessagesDelayed',
      ],
    }),
  );
  const name = nameOf(url);
  return {
    name,
    visible: Number(Attributes.ApproximateNumberOfMessages),
    inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible),
    delayed: Number(Attributes.ApproximateNumberOfMessagesDelayed),
    isDeadLetters: name.endsWith('-dead'),
  };
};

/** CloudWatch takes a value each minute, some minutes late. */
const lookBack = 10 * 60_000;

const ages = async (cloudWatch: CloudWatchClient, names: readonly string[], at: Instant) => {
  const { MetricDataResults = [] } = await cloudWatch.send(
    new GetMetricDataCommand({
      StartTime: new Date(at - lookBack),
      EndTime: new Date(at + 60_000),
      ScanBy: 'TimestampDescending',
      MetricDataQueries: names.map((name, i) => ({
        Id: `q${i}`,
        MetricStat: {
          Metric: {
            Namespace: 'AWS/SQS',
            MetricName: 'ApproximateAgeOfOldestMessage',
            Dimensions: [{ Name: 'QueueName', Value: name }],
          },
          Period: 60,
          Stat: 'Maximum',
        },
      })),
    }),
  );
  return new Map(
    MetricDataResults.flatMap(({ Id, Values = [] }) => {
      const name = names[Number(Id?.slice(1))];
      return name !== undefined && Values[0] !== undefined ? [[name, Values[0]] as const] : [];
    }),
  );
};

/** @throws the SDK's error when SQS cannot be reached */
export const readQueues = async ({ sqs, cloudWatch, prefix }: Queues, at: Instant): Promise<QueueReport> => {
  const urls: string[] = [];
  const pages = paginateListQueues({ client: sqs, pageSize: 1_000 }, { QueueNamePrefix: prefix });
  for await (const { QueueUrls = [] } of pages) urls.push(...QueueUrls);
  const queues = await Promise.all(urls.toSorted().map((url) => counts(sqs, url)));
  if (!cloudWatch) return { queues, agesUnknown: 'no CloudWatch was named' };
  try {
    const names = queues.map(({ name }) => name);
    const known = await ages(cloudWatch, names, at);
    // An empty queue may still show the age of its last message for some minutes.
    const ageOf = ({ name, visible, inFlight }: QueueState) => (visible + inFlight === 0 ? 0 : known.get(name));
    return { queues: queues.map((queue) => ({ ...queue, oldestSeconds: ageOf(queue) })) };
  } catch (error) {
    return { queues, agesUnknown: `CloudWatch did not answer: ${error instanceof Error ? error.message : error}` };
  }
};
