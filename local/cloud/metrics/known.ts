/** The metrics of AWS that are measured here, and those that only AWS can have: an alarm on any other would never ring, without a sign. */
import type { MetricName } from './store.ts';

const measured: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['AWS/Lambda', new Set(['Invocations', 'Errors', 'Throttles', 'Duration', 'IteratorAge'])],
  [
    'AWS/SQS',
    new Set([
      'NumberOfMessagesSent',
      'NumberOfMessagesReceived',
      'NumberOfMessagesDeleted',
      'ApproximateNumberOfMessagesVisible',
      'ApproximateNumberOfMessagesNotVisible',
      'ApproximateNumberOfMessagesDelayed',
      'ApproximateAgeOfOldestMessage',
    ]),
  ],
  [
    'AWS/ApiGateway',
    new Set([
      ...['Count', '4xx', '5xx', 'Latency'],
      ...['ConnectCount', 'MessageCount', 'ClientError', 'IntegrationError', 'ExecutionError'],
    ]),
  ],
  ['AWS/Events', new Set(['MatchedEvents', 'FailedInvocations'])],
  ['AWS/IoT', new Set(['ParseError', 'Failure', 'Success', 'TopicMatch'])],
]);

/** With the reason why one machine cannot have it. */
export const onlyOnAws: ReadonlyMap<string, string> = new Map([
  ['AWS/DynamoDB ReadThrottleEvents', 'the emulator throttles nobody'],
  ['AWS/DynamoDB WriteThrottleEvents', 'the emulator throttles nobody'],
]);

/** @throws when an alarm waits for what is never measured here, and nobody has said why */
export const checkKnown = ({ namespace, name }: MetricName, place: string): void => {
  if (!namespace.startsWith('AWS/') || measured.get(namespace)?.has(name) || onlyOnAws.has(`${namespace} ${name}`))
    return;
  throw new Error(`${place}: the metric ${namespace} ${name} is neither measured here nor known as one of AWS alone`);
};
