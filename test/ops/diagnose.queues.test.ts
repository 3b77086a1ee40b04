/** The redelivery state of the queues, from answers as SQS and CloudWatch give them. */
import { CloudWatchClient, type GetMetricDataCommandInput } from '@aws-sdk/client-cloudwatch';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { readQueues } from '../../functions/ops/diagnose.queues.ts';
import { start } from '../support/ports.ts';

/** Visible, in flight and delayed messages by the name of the queue. */
const counts: Readonly<Record<string, readonly [number, number, number]>> = {
  'tuntas-test-timers': [1, 0, 5],
  'tuntas-test-dispatch': [3, 3, 0],
  'tuntas-test-dispatch-dead': [0, 0, 0],
};
const url = (name: string): string => `https://sqs/000000000000/${name}`;

const sqs = Object.assign(Object.create(SQSClient.prototype) as SQSClient, {
  send: async (command: object) => {
    if (!(command instanceof GetQueueAttributesCommand)) return { QueueUrls: Object.keys(counts).map(url) };
    const { QueueUrl = '', AttributeNames = [] } = command.input;
    const [visible, inFlight, delayed] = counts[QueueUrl.split('/').at(-1) ?? ''] ?? [];
    const all: Readonly<Record<string, unknown>> = {
      ApproximateNumberOfMessages: visible,
      ApproximateNumberOfMessagesNotVisible: inFlight,
      ApproximateNumberOfMessagesDelayed: delayed,
    };
    return { Attributes: Object.fromEntries(AttributeNames.map((name) => [name, String(all[name])])) };
  },
});
const watching = (answer: (input: GetMetricDataCommandInput) => Promise<object>) =>
  Object.assign(Object.create(CloudWatchClient.prototype) as CloudWatchClient, {
    send: ({ input }: { readonly input: GetMetricDataCommandInput }) => answer(input),
  });
const prefix = 'tuntas-test-';

describe('[DSP-11] the redelivery state of the queues', () => {
  it('has the counts of each queue in order of their names, and the age of the oldest message', async () => {
    const asked: GetMetricDataCommandInput[] = [];
    const cloudWatch = watching(async (input) => {
      asked.push(input);
      // One queue has no value; the newest value comes first; an id that was not asked for is ignored.
      const MetricDataResults = [
        { Id: 'q0', Values: [95, 80] },
        { Id: 'q1', Values: [70] },
        { Id: 'q2', Values: [] },
        { Id: 'q9', Values: [1] },
      ];
      return { MetricDataResults };
    });
    expect(await readQueues({ sqs, cloudWatch, prefix }, start)).toEqual({
      queues: [
        { name: 'tuntas-test-dispatch', visible: 3, inFlight: 3, delayed: 0, oldestSeconds: 95, isDeadLetters: false },
        // An empty queue has no oldest message, whatever CloudWatch still shows.
        {
          name: 'tuntas-test-dispatch-dead',
          visible: 0,
          inFlight: 0,
          delayed: 0,
          oldestSeconds: 0,
          isDeadLetters: true,
        },
        {
          name: 'tuntas-test-timers',
          visible: 1,
          inFlight: 0,
          delayed: 5,
          oldestSeconds: undefined,
          isDeadLetters: false,
        },
      ],
    });
    const [{ StartTime, EndTime, MetricDataQueries = [] } = {} as GetMetricDataCommandInput] = asked;
    expect([StartTime, EndTime]).toEqual([new Date(start - 600_000), new Date(start + 60_000)]);
    expect(MetricDataQueries.map(({ Id, MetricStat }) => [Id, MetricStat?.Metric?.Dimensions])).toEqual([
      ['q0', [{ Name: 'QueueName', Value: 'tuntas-test-dispatch' }]],
      ['q1', [{ Name: 'QueueName', Value: 'tuntas-test-dispatch-dead' }]],
      ['q2', [{ Name: 'QueueName', Value: 'tuntas-test-timers' }]],
    ]);
  });

  it('has the age of a queue whose messages are visible or in flight', async () => {
    const cloudWatch = watching(async () => ({ MetricDataResults: [{ Id: 'q0', Values: [40] }] }));
    const { queues } = await readQueues({ sqs, cloudWatch, prefix }, start);
    expect(queues[0]).toMatchObject({ visible: 3, inFlight: 3, oldestSeconds: 40 });
  });

  it('has no ages without CloudWatch', async () => {
    const { agesUnknown, queues } = await readQueues({ sqs, prefix }, start);
    expect([agesUnknown, queues.length]).toEqual(['no CloudWatch was named', 3]);
  });

  it('has no ages when CloudWatch does not answer', async () => {
    const cloudWatch = watching(() => Promise.reject(new Error('connect ECONNREFUSED')));
    const { agesUnknown, queues } = await readQueues({ sqs, cloudWatch, prefix }, start);
    expect([agesUnknown, queues.length]).toEqual(['CloudWatch did not answer: connect ECONNREFUSED', 3]);
  });
});
