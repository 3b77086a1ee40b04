/** The SNS topics of the alarms: on one machine a page is a line in a log file, which names the subscribers. */
import type { Needs } from '../parts.ts';
import { text, unused, z } from '../template/schema.ts';

const topicSchema = z.strictObject({
  TopicName: text.optional(),
  ...unused('DisplayName', 'KmsMasterKeyId', 'Subscription', 'TracingConfig', 'SignatureVersion', 'Tags'),
});
const subscriptionSchema = z.strictObject({
  TopicArn: text,
  Protocol: z.enum(['email', 'email-json', 'sms', 'https']),
  Endpoint: text,
  ...unused('Region', 'RedrivePolicy'),
});

/** @returns what sends a message to a topic; one that the template does not have is passed over */
export const readPager = ({ stack, logs }: Needs<'stack' | 'logs'>): ((topicArn: string, message: string) => void) => {
  const topics = new Set(stack.read('AWS::SNS::Topic', topicSchema).map(({ id }) => stack.identify(id).ref));
  const subscriptions = stack.read('AWS::SNS::Subscription', subscriptionSchema).map(({ properties }) => properties);
  return (topic, message) => {
    if (!topics.has(topic)) return;
    const to = subscriptions.filter(({ TopicArn }) => TopicArn === topic).map(({ Endpoint }) => Endpoint);
    logs.append(`${stack.name}-pages`, [JSON.stringify({ at: new Date().toISOString(), topic, to, message })]);
  };
};
