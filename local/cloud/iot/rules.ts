/** The topic rules of the template: a message goes to a queue, or else to the queue of the error action. */
import type { Needs } from '../parts.ts';
import type { Queue, Queues } from '../sqs/queues.ts';
import { flag, text, unused, z } from '../template/schema.ts';
import type { Found } from '../template/stack.ts';
import { compileSql, NotJson, type Published } from './sql.ts';

const toQueue = z.strictObject({
  Sqs: z.strictObject({ QueueUrl: text, ...unused('RoleArn'), UseBase64: flag.default(false) }),
});
const schema = z.strictObject({
  RuleName: text.optional(),
  TopicRulePayload: z.strictObject({
    Sql: text,
    AwsIotSqlVersion: z.literal('2016-03-23'),
    RuleDisabled: flag.default(false),
    Actions: z.array(toQueue),
    ErrorAction: toQueue.optional(),
    ...unused('Description'),
  }),
  ...unused('Tags'),
});

type Action = { readonly queue: Queue; readonly base64: boolean };
type Rule = ReturnType<typeof readRule>;

/** A queue is named by its URL, on this machine or as it would be on AWS. */
const queueAt = ({ all }: Queues, url: string, place: string): Queue => {
  const name = url.slice(url.lastIndexOf('/') + 1);
  const found = all.find((queue) => queue.url === url || queue.name === name);
  if (!found) throw new Error(`${place}: the template has no queue ${url}`);
  return found;
};

const send = ({ queue, base64 }: Action, body: string): void =>
  void queue.send(base64 ? Buffer.from(body).toString('base64') : body);

const readRule = (queues: Queues, { id, properties }: Found<z.infer<typeof schema>>) => {
  const place = `${id}.Properties.TopicRulePayload`;
  const { Sql, Actions, ErrorAction } = properties.TopicRulePayload;
  const action = ({ Sqs }: z.infer<typeof toQueue>): Action => ({
    queue: queueAt(queues, Sqs.QueueUrl, place),
    base64: Sqs.UseBase64,
  });
  return {
    name: properties.RuleName ?? id,
    query: compileSql(Sql, `${place}.Sql`),
    actions: Actions.map(action),
    onError: ErrorAction && action(ErrorAction),
  };
};

export const openRules = ({ stack, queues, monitor }: Needs<'stack' | 'queues' | 'monitor'>) => {
  const count = (RuleName: string, name: 'TopicMatch' | 'ParseError' | 'Success' | 'Failure'): void =>
    monitor.store.record({ namespace: 'AWS/IoT', name, dimensions: { RuleName } }, 1);
  const rules = stack
    .read('AWS::IoT::TopicRule', schema)
    .filter(({ properties }) => !properties.TopicRulePayload.RuleDisabled)
    .map((found) => readRule(queues, found));

  const run = (rule: Rule, message: Published): void => {
    count(rule.name, 'TopicMatch');
    let body: string;
    try {
      body = JSON.stringify(rule.query.select(message));
    } catch (error) {
      // JSON that is nested deeper than the stack can be parsed, but not written. The device is acknowledged anyway.
      if (!(error instanceof NotJson || error instanceof RangeError)) throw error;
      count(rule.name, 'ParseError');
      return;
    }
    const failures = rule.actions.flatMap((action) => {
      try {
        send(action, body);
        count(rule.name, 'Success');
        return [];
      } catch (error) {
        count(rule.name, 'Failure');
        return [{ failedAction: 'SqsAction', failedResource: action.queue.name, errorMessage: String(error) }];
      }
    });
    if (failures.length > 0 && rule.onError) send(rule.onError, JSON.stringify(failureOf(rule, message, failures)));
  };

  return {
    any: rules.length > 0,
    publish: (message: Published): void => {
      for (const rule of rules) if (rule.query.matches(message.topic)) run(rule, message);
    },
  };
};

const failureOf = ({ name }: Rule, { topic, clientId, payload }: Published, failures: readonly object[]): object => ({
  ruleName: name,
  topic,
  clientId,
  base64OriginalPayload: Buffer.from(payload).toString('base64'),
  failures,
});
