/** The topic rules of the template: what is published on a topic goes to a queue; what cannot go there, to the queue of the error action. */
import type { Queue, Queues } from '../sqs/queues.ts';
import { flag, text, unused, z } from '../template/schema.ts';
import type { Stack } from '../template/stack.ts';
import { compileSql, NoJson, type Published, type Query } from './sql.ts';

const toQueue = z.strictObject({
  Sqs: z.strictObject({ QueueUrl: text, RoleArn: unused, UseBase64: flag.default(false) }),
});
const schema = z.strictObject({
  RuleName: text.optional(),
  Tags: unused,
  TopicRulePayload: z.strictObject({
    Sql: text,
    AwsIotSqlVersion: z.literal('2016-03-23'),
    Description: unused,
    RuleDisabled: flag.default(false),
    Actions: z.array(toQueue),
    ErrorAction: toQueue.optional(),
  }),
});

export type RuleMetric = 'TopicMatch' | 'ParseError' | 'Success' | 'Failure';
export type RulesOptions = {
  readonly stack: Stack;
  readonly queues: Pick<Queues, 'all'>;
  readonly onMetric: (rule: string, metric: RuleMetric) => void;
};
export type Rules = { readonly any: boolean; readonly publish: (message: Published) => void };

type Action = { readonly queue: Pick<Queue, 'name' | 'send'>; readonly base64: boolean };
type Rule = {
  readonly name: string;
  readonly query: Query;
  readonly actions: readonly Action[];
  readonly onError: Action | undefined;
};

/** A queue is named by its URL, on this machine or as it would be on AWS. */
const queueAt = ({ all }: Pick<Queues, 'all'>, url: string, place: string): Queue => {
  const name = url.slice(url.lastIndexOf('/') + 1);
  const found = all.find((queue) => queue.url === url || queue.name === name);
  if (!found) throw new Error(`${place}: the template has no queue ${url}`);
  return found;
};

const send = ({ queue, base64 }: Action, body: string): void =>
  void queue.send(base64 ? Buffer.from(body).toString('base64') : body);

export const openRules = ({ stack, queues, onMetric }: RulesOptions): Rules => {
  const rules = stack
    .read('AWS::IoT::TopicRule', schema)
    .filter(({ properties }) => !properties.TopicRulePayload.RuleDisabled)
    .map(({ id, properties }): Rule => {
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
    });

  const run = (rule: Rule, message: Published): void => {
    onMetric(rule.name, 'TopicMatch');
    let body: string;
    try {
      body = JSON.stringify(rule.query.select(message));
    } catch (error) {
      // JSON that is nested deeper than the stack can be parsed, but not written. The device is acknowledged anyway.
      if (!(error instanceof NoJson || error instanceof RangeError)) throw error;
      onMetric(rule.name, 'ParseError');
      return;
    }
    const failures = rule.actions.flatMap((action) => {
      try {
        send(action, body);
        onMetric(rule.name, 'Success');
        return [];
      } catch (error) {
        onMetric(rule.name, 'Failure');
        return [{ failedAction: 'SqsAction', failedResource: action.queue.name, errorMessage: String(error) }];
      }
    });
    if (failures.length > 0 && rule.onError) send(rule.onError, JSON.stringify(failureOf(rule, message, failures)));
  };

  return {
    any: rules.length > 0,
    publish: (message) => {
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
