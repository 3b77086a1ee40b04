/** SNS topics are where alarms go; on one machine a page is a line in a file, and whoever is subscribed is named in it. */
import { text, unused, z } from '../template/schema.ts';
import type { Stack } from '../template/stack.ts';

const topicSchema = z.strictObject({
  TopicName: text.optional(),
  DisplayName: unused,
  KmsMasterKeyId: unused,
  Subscription: unused,
  TracingConfig: unused,
  SignatureVersion: unused,
  Tags: unused,
});
const subscriptionSchema = z.strictObject({
  TopicArn: text,
  Protocol: z.enum(['email', 'email-json', 'sms', 'https']),
  Endpoint: text,
  Region: unused,
  RedrivePolicy: unused,
});

/** Sends a message to a topic; false when the template has no such topic. */
export type Page = (topicArn: string, message: string) => boolean;

export const readPager = (stack: Stack, write: (line: string) => void): Page => {
  const topics = new Set(stack.read('AWS::SNS::Topic', topicSchema).map(({ id }) => stack.identify(id).ref));
  const subscriptions = stack.read('AWS::SNS::Subscription', subscriptionSchema).map(({ properties }) => properties);
  return (topicArn, message) => {
    if (!topics.has(topicArn)) return false;
    const to = subscriptions.filter(({ TopicArn }) => TopicArn === topicArn).map(({ Endpoint }) => Endpoint);
    write(JSON.stringify({ at: new Date().toISOString(), topic: topicArn, to, message }));
    return true;
  };
};
