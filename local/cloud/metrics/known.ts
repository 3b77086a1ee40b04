/** The metrics of AWS that are measured here, and those that only AWS has: an alarm on any other would never fire. */
import type { MetricName } from './store.ts';

const measured: Readonly<Record<string, readonly string[]>> = {
  'AWS/Lambda': ['Invocations', 'Errors', 'Throttles', 'Duration', 'IteratorAge'],
  'AWS/SQS': [
    ...['NumberOfMessagesSent', 'NumberOfMessagesReceived', 'NumberOfMessagesDeleted'],
    ...['ApproximateNumberOfMessagesVisible', 'ApproximateNumberOfMessagesNotVisible'],
    ...['ApproximateNumberOfMessagesDelayed', 'ApproximateAgeOfOldestMessage'],
  ],
  'AWS/ApiGateway': [
    ...['Count', '4xx', '5xx', 'Latency'],
    ...['ConnectCount', 'MessageCount', 'ClientError', 'IntegrationError', 'ExecutionError'],
  ],
  'AWS/Events': ['MatchedEvents', 'FailedInvocations'],
  'AWS/IoT': ['ParseError', 'Failure', 'Success', 'TopicMatch'],
};

/** With the reason why one machine cannot have it. */
export const onlyOnAws: ReadonlyMap<string, string> = new Map([
  ['AWS/DynamoDB ReadThrottleEvents', 'the emulator does not throttle'],
  ['AWS/DynamoDB WriteThrottleEvents', 'the emulator does not throttle'],
]);

/** @throws when an alarm waits for what is never measured here, and is not in the list above */
export const checkKnown = ({ namespace, name }: MetricName, place: string): void => {
  const isKnown = measured[namespace]?.includes(name) || onlyOnAws.has(`${namespace} ${name}`);
  if (namespace.startsWith('AWS/') && !isKnown)
    throw new Error(`${place}: the metric ${namespace} ${name} is neither measured here nor known as one of AWS alone`);
};
