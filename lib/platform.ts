/** What every context stands on: the two tables, the bus, and the two readers that carry each fact from the table to the bus and the story. */
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import {
  AttributeType,
  BillingMode,
  ProjectionType,
  StreamViewType,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb';
import { CfnEventBus, EventBus, type IEventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { items, publishing, type Store } from './access.ts';
import { DeadLetters } from './dead-letters.ts';
import { type House, named, removal } from './house.ts';
import { metricsOf } from './metrics.ts';
import { PromiseAlarm } from './promise-alarm.ts';
import { ServiceFunction } from './service-function.ts';
import { hasDeadline, hasEvents, StreamReader } from './stream-reader.ts';

export class Platform extends Construct {
  readonly state: Store;
  readonly story: Store;
  readonly bus: IEventBus;
  readonly outbox: ServiceFunction;
  /** Events and invocations that could not be delivered. */
  readonly undelivered: DeadLetters;
  /** What the readers of the stream gave up. */
  readonly unpublished: DeadLetters;
  readonly untold: DeadLetters;

  constructor(scope: Construct, id: string, { house }: { readonly house: House }) {
    super(scope, id);
    const metric = metricsOf(house);
    const state = this.table('State', house);
    state.addGlobalSecondaryIndex({
      indexName: 'due',
      partitionKey: { name: 'dueShard', type: AttributeType.STRING },
      sortKey: { name: 'dueAt', type: AttributeType.NUMBER },
      projectionType: ProjectionType.KEYS_ONLY,
    });
    state.addGlobalSecondaryIndex({
      indexName: 'cell',
      partitionKey: { name: 'cell', type: AttributeType.STRING },
      sortKey: { name: 'reportedAt', type: AttributeType.NUMBER },
      projectionType: ProjectionType.INCLUDE,
      nonKeyAttributes: ['lat', 'lng'],
    });
    this.state = { key: 'STATE_TABLE', table: state };
    const story = this.table('Story', house);
    story.addGlobalSecondaryIndex({
      indexName: 'asked',
      partitionKey: { name: 'driverId', type: AttributeType.STRING },
      sortKey: { name: 'claimedAt', type: AttributeType.NUMBER },
      projectionType: ProjectionType.KEYS_ONLY,
    });
    this.story = { key: 'STORY_TABLE', table: story };
    this.watch('State', house, state, ['due', 'cell']);
    this.watch('Story', house, story, ['asked']);
    this.bus = this.eventBus(house);

    this.outbox = new ServiceFunction(this, 'Outbox', {
      house,
      entry: 'functions/platform/publisher.handler.ts',
      does: 'Publishes what the stream says happened, and starts the timers of deadlines',
      timeout: Duration.seconds(30),
    });
    const storyWriter = new ServiceFunction(this, 'StoryWriter', {
      house,
      entry: 'functions/platform/story.handler.ts',
      does: 'Writes the story of each order from the stream',
      timeout: Duration.seconds(30),
    });

    this.undelivered = new DeadLetters(this, 'Undelivered', {
      house,
      of: 'events',
      runbook: 'queues.md#events-were-not-delivered',
    });
    this.undelivered.addToResourcePolicy(
      new PolicyStatement({
        sid: 'RulesOfTheStage',
        principals: [new ServicePrincipal('events.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [this.undelivered.queueArn],
        conditions: { ArnLike: { 'aws:SourceArn': this.rules(house) } },
      }),
    );

    this.outbox.uses(publishing(this.bus));
    storyWriter.uses(items(this.story, 'BatchWriteItem'));

    const streamArn = state.tableStreamArn as string;
    this.unpublished = new StreamReader(this, 'OutboxReader', {
      house,
      name: 'outbox',
      streamArn,
      reader: this.outbox,
      filters: [hasEvents, hasDeadline],
    }).deadLetters;
    this.untold = new StreamReader(this, 'StoryReader', {
      house,
      name: 'story',
      streamArn,
      reader: storyWriter,
      filters: [hasEvents],
    }).deadLetters;
    new PromiseAlarm(this, 'Lag', {
      house,
      promise: 'facts-are-published-in-time',
      says: 'The slowest 1 % of the facts took more than 10 s from the write to the bus, for 5 minutes.',
      runbook: 'outbox.md#facts-are-published-late',
      metric: metric('platform', 'OutboxLag', { statistic: 'p99' }),
      above: 10_000,
    });
  }

  /** Of the bus of the stage, and those of the default bus that are named for it. */
  private rules(house: House): readonly string[] {
    const rule = (resourceName: string): string =>
      Stack.of(this).formatArn({ service: 'events', resource: 'rule', resourceName });
    return [rule(`tuntas-${house.stage.name}/*`), rule(named(house, '*'))];
  }

  /** The bus by its attributes: not every emulator answers a Ref to a bus with its name. */
  private eventBus({ stage }: House): IEventBus {
    const { attrName, attrArn } = new CfnEventBus(this, 'Bus', { name: `tuntas-${stage.name}` });
    return EventBus.fromEventBusAttributes(this, 'NamedBus', {
      eventBusName: attrName,
      eventBusArn: attrArn,
      eventBusPolicy: '',
    });
  }

  /** A throttled index throttles the writes of its table. */
  private watch(id: 'State' | 'Story', house: House, table: Table, indexes: readonly string[]): void {
    const throttles = [undefined, ...indexes].flatMap((index) =>
      ['ReadThrottleEvents', 'WriteThrottleEvents'].map(
        (metricName) =>
          new Metric({
            namespace: 'AWS/DynamoDB',
            metricName,
            dimensionsMap: { TableName: table.tableName, ...(index ? { GlobalSecondaryIndexName: index } : {}) },
            statistic: 'Sum',
            period: Duration.minutes(5),
          }),
      ),
    );
    const using = Object.fromEntries(throttles.map((metric, i) => [`m${i}`, metric]));
    new PromiseAlarm(this, `${id}Throttled`, {
      house,
      promise: `${id.toLowerCase()}-table-is-not-throttled`,
      says: `DynamoDB throttled more than 10 requests to ${named(house, id.toLowerCase())} or its indexes in 5 minutes.`,
      runbook: 'tables.md#a-table-is-throttled',
      metric: new MathExpression({
        expression: `SUM([${Object.keys(using).join(', ')}])`,
        usingMetrics: using,
        period: Duration.minutes(5),
      }),
      above: 10,
    });
  }

  private table(id: 'State' | 'Story', house: House): Table {
    const { warmThroughput } = house.stage;
    return new Table(this, id, {
      tableName: named(house, id.toLowerCase()),
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: 'expiresAt',
      encryption: TableEncryption.AWS_MANAGED,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: house.stage.protected,
      removalPolicy: removal(house),
      ...(id === 'State' ? { stream: StreamViewType.NEW_IMAGE } : {}),
      ...(warmThroughput ? { warmThroughput } : {}),
    });
  }
}
