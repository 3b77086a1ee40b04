/** What a function calls is granted, and what is granted is called: operation, table, index, queue, bus, secret. */
import { describe, expect, it } from 'vitest';
import { type Call, calls } from './calls.ts';
import { list, nameOf, permissions, type Resource, templateOf, text } from './template.ts';

const template = templateOf('prod');
const { of, at } = template;
const functions = of('Lambda::Function');
const bundle = (resource: Resource): string => nameOf(resource).replace('tuntas-prod-', '');
const called = await calls();
const all = permissions(template);

const dynamo = new Set([
  'GetItem',
  'PutItem',
  'UpdateItem',
  'DeleteItem',
  'ConditionCheckItem',
  'Query',
  'Scan',
  'BatchGetItem',
  'BatchWriteItem',
]);

/** Which table a file works on; all others work on State. */
const onStory = new Set([
  'functions/dispatch/offers-by-driver.store.ts',
  'functions/notify/deliveries.store.ts',
  'functions/ops/story.store.ts',
  'functions/payments/notifications/sync-log.store.ts',
  'functions/platform/story.ts',
]);

/** Calls of files that several functions share, and who makes them. All other calls are made where they are bundled. */
const madeBy: Readonly<Record<string, readonly string[]>> = {
  'functions/notify/connections.store.ts PutItem': ['notify-socket'],
  'functions/notify/connections.store.ts DeleteItem': [
    'dispatch-offers',
    'ezpay-events',
    'notify-ride-notices',
    'notify-push',
    'notify-socket',
  ],
  'functions/notify/connections.store.ts Query': ['dispatch-offers', 'ezpay-events', 'notify-ride-notices'],
  'functions/notify/contacts.store.ts PutItem': ['payments-api'],
  // The publisher keeps facts, the worker of deadlines publishes them.
  'functions/platform/kept-facts.ts BatchWriteItem': ['platform-publisher'],
  'functions/platform/kept-facts.ts GetItem': ['ops-deadlines'],
  'functions/platform/kept-facts.ts DeleteItem': ['ops-deadlines'],
  'functions/platform/holds.store.ts GetItem': ['dispatch-offers', 'ezpay-events', 'ezpay-api'],
  'functions/platform/holds.store.ts PutItem': ['ops-rollback'],
  // Only a person releases a hold, from the command line.
  'functions/platform/holds.store.ts DeleteItem': [],
  'functions/platform/store.ts PutItem': [...called.keys()].filter((name) => name !== 'dispatch-offers'),
  'functions/live/feed.store.ts Query': ['live-stream'],
  'functions/live/feed.store.ts PutItem': ['live-feed'],
  'functions/ezpay/waiting-scans.store.ts Query': ['ezpay-events', 'ezpay-api'],
};

const isMade = (name: string, { file, operation }: Call): boolean =>
  madeBy[`${file} ${operation}`]?.includes(name) ?? true;

/** `Query State/due`: what the calls of a function need of the tables. */
const needed = (name: string): readonly string[] => {
  const made = (called.get(name) ?? []).filter((call) => dynamo.has(call.operation) && isMade(name, call));
  return made.map(
    ({ file, operation, index }) => `${operation} ${onStory.has(file) ? 'Story' : 'State'}${index ? `/${index}` : ''}`,
  );
};

const tables = Object.fromEntries(
  of('DynamoDB::Table').map(({ id, Properties }) => [id, Properties.TableName.endsWith('-state') ? 'State' : 'Story']),
);

const grantsOf = ({ Properties }: Resource): readonly (readonly [action: string, resource: string])[] =>
  all
    .filter(({ role }) => role === at(Properties.Role).id)
    .flatMap(({ Action, Resource }) =>
      list(Action).flatMap((action) => list(Resource).map((resource) => [action, text(resource)] as const)),
    );

const grantedTables = (resource: Resource): readonly string[] =>
  grantsOf(resource).flatMap(([action, arn]) => {
    const [, id = '', index] = /^<(\w+)\.Arn>(?:\/index\/(\w+))?$/.exec(arn) ?? [];
    return tables[id] ? [`${action.replace('dynamodb:', '')} ${tables[id]}${index ? `/${index}` : ''}`] : [];
  });

const unique = (values: readonly string[]): readonly string[] => [...new Set(values)].toSorted();
const each = functions.map((resource) => [bundle(resource), resource] as const);

describe('the tables', () => {
  it.each(each)('%s may do what it calls, on the table and index it calls, and nothing else', (name, resource) => {
    expect(unique(grantedTables(resource))).toEqual(unique(needed(name)));
  });

  it('are distinguished in every file that calls one', () => {
    const files = new Set(
      [...called.values()]
        .flat()
        .filter(({ operation }) => dynamo.has(operation))
        .map(({ file }) => file),
    );
    expect([...onStory].filter((file) => !files.has(file))).toEqual([]);
  });

  it('have no exception for a call that is not there, or for a function that does not bundle it', () => {
    for (const [call, names] of Object.entries(madeBy)) {
      const bundling = [...called].filter(([, made]) =>
        made.some(({ file, operation }) => `${file} ${operation}` === call),
      );
      expect([call, bundling.length > 0]).toEqual([call, true]);
      const missing = names.filter((name) => !bundling.some(([bundled]) => bundled === name));
      if (call !== 'functions/platform/store.ts PutItem') expect([call, missing]).toEqual([call, []]);
    }
  });
});

/** What a setting leads to, and what its reader does there. */
const settings: Readonly<Record<string, readonly string[]>> = {
  BUS_NAME: ['events:PutEvents'],
  DEAD_LETTER_URL: ['sqs:SendMessage'],
  GATEWAY_QUEUE_URL: ['sqs:SendMessage'],
  ORPHANS_URL: ['sqs:SendMessage'],
  PUSH_QUEUE_URL: ['sqs:SendMessage'],
  TIMERS_QUEUE_URL: ['sqs:SendMessage'],
  WEBHOOK_QUEUE_URL: ['sqs:SendMessage'],
  // The first two and the last by the mapping, in the function's name.
  QUEUE_URL: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes'],
  EZPAY_CODE_SECRET_ID: ['secretsmanager:GetSecretValue'],
  FCM_SECRET_ID: ['secretsmanager:GetSecretValue'],
  MIDTRANS_SECRET_ID: ['secretsmanager:GetSecretValue'],
  MAIL_FROM: ['ses:SendEmail'],
  WEBSOCKET_ENDPOINT: ['execute-api:ManageConnections'],
};

/** What a setting names, as the ARN of a permission names it. */
const arnOf = (key: string, value: unknown): RegExp => {
  const shown = text(value);
  if (key.endsWith('_SECRET_ID')) return new RegExp(`:secret:${shown}-\\?{6}$`);
  if (key === 'MAIL_FROM') return /:identity\/tuntas\.example$/;
  if (key === 'WEBSOCKET_ENDPOINT') return new RegExp(`:<${/<(\w+)>/.exec(shown)?.[1]}>/live/POST/@connections/\\*$`);
  return new RegExp(`^<${/<(\w+)/.exec(shown)?.[1]}\\.Arn>$`);
};

/** The operations of the SDK that need a permission which is not of a table. */
const actionOf: Readonly<Record<string, string>> = {
  SendMessage: 'sqs:SendMessage',
  ChangeMessageVisibility: 'sqs:ChangeMessageVisibility',
  PutEvents: 'events:PutEvents',
  GetSecretValue: 'secretsmanager:GetSecretValue',
  SendEmail: 'ses:SendEmail',
  PostToConnection: 'execute-api:ManageConnections',
};

/** What Lambda itself does in the function's name: reads the stream, hands over what failed, writes the log. */
const ofLambda = (resource: Resource): readonly RegExp[] => {
  const mapping = of('Lambda::EventSourceMapping').filter(
    ({ Properties }) => at(Properties.FunctionName).id === resource.id,
  );
  return [
    /^logs:(CreateLogStream|PutLogEvents) /,
    ...mapping.flatMap(({ Properties: { DestinationConfig, EventSourceArn } }) => [
      ...(text(EventSourceArn).endsWith('.StreamArn>')
        ? [/^dynamodb:(DescribeStream|GetRecords|GetShardIterator|ListStreams) <\w+\.StreamArn>$/]
        : []),
      ...(DestinationConfig
        ? [
            new RegExp(
              `^sqs:(SendMessage|GetQueueAttributes|GetQueueUrl) ${text(DestinationConfig.OnFailure.Destination)}$`,
            ),
          ]
        : []),
    ]),
    ...(resource.Properties.DeadLetterConfig
      ? [new RegExp(`^sqs:SendMessage ${text(resource.Properties.DeadLetterConfig.TargetArn)}$`)]
      : []),
  ];
};

describe.each(each)('the queues, the bus and the secrets of %s', (name, resource) => {
  const variables = Object.entries(resource.Properties.Environment.Variables as Record<string, unknown>);
  const grants = grantsOf(resource).filter(([, arn]) => !tables[/^<(\w+)\.Arn>/.exec(arn)?.[1] ?? '']);
  const led = variables.filter(([key]) => key in settings);

  it('are granted where a setting leads to them', () => {
    for (const [key, value] of led)
      for (const action of settings[key] as readonly string[])
        expect([
          key,
          action,
          grants.filter(([granted, arn]) => granted === action && arnOf(key, value).test(arn)).length,
        ]).toEqual([key, action, 1]);
  });

  it('are granted for nothing else, but for what Lambda does itself', () => {
    const byLambda = ofLambda(resource);
    const unneeded = grants.filter(
      ([action, arn]) =>
        !byLambda.some((pattern) => pattern.test(`${action} ${arn}`)) &&
        !led.some(([key, value]) => settings[key]?.includes(action) && arnOf(key, value).test(arn)),
    );
    expect(unneeded).toEqual([]);
  });

  it('are called, and what is called is granted', () => {
    const operations = (called.get(name) ?? [])
      .map(({ operation }) => operation)
      .filter((operation) => !dynamo.has(operation));
    const actions = unique(operations.map((operation) => actionOf[operation] ?? `unknown: ${operation}`));
    const ledTo = unique(
      led
        .flatMap(([key]) => settings[key] as readonly string[])
        .filter((action) => Object.values(actionOf).includes(action)),
    );
    expect(actions).toEqual(ledTo);
  });
});

describe('every setting that leads somewhere', () => {
  it('is known here with what is done there', () => {
    const keys = functions.flatMap(({ Properties }) => Object.keys(Properties.Environment.Variables));
    const leading = [...new Set(keys)].filter((key) => /_URL$|_ID$|_NAME$|_FROM$|_ENDPOINT$|_TABLE$/.test(key));
    const notOfAws = ['MIDTRANS_URL', 'MIDTRANS_NOTIFY_URL', 'MIDTRANS_MERCHANT_ID'];
    expect(leading.filter((key) => !notOfAws.includes(key)).toSorted()).toEqual(
      [...Object.keys(settings), 'STATE_TABLE', 'STORY_TABLE'].toSorted(),
    );
  });

  it.each(each)('%s knows a table exactly when it uses it', (_, resource) => {
    const used = new Set(grantedTables(resource).map((grant) => grant.split(' ')[1]?.split('/')[0]));
    const variables = resource.Properties.Environment.Variables;
    expect(['State', 'Story'].filter((table) => variables[`${table.toUpperCase()}_TABLE`])).toEqual(
      ['State', 'Story'].filter((table) => used.has(table)),
    );
  });
});
