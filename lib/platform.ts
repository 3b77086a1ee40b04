/** What all contexts share: the two tables, the bus, and the readers of the stream that publish and write the story. */
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
import { figures, items, publishing, type Store } from './access.ts';
import { DeadLetters } from './dead-letters.ts';
import { publisherAlarms, tableAlarms } from './platform.alarms.ts';
import { ServiceFunction } from './service-function.ts';
import { named, removal, type StageContext } from './stage-context.ts';
import { hasDeadline, hasEvents, StreamReader } from './stream-reader.ts';

export class Platform extends Construct {
  readonly state: Store;
  readonly story: Store;
  readonly bus: IEventBus;
  readonly outbox: ServiceFunction;
  /** Events and invocations that could not be delivered. */
  readonly undelivered: DeadLetters;
  /** What the readers of the stream gave up. */
  readonly outboxDeadLetters: DeadLetters;
  readonly storyDeadLetters: DeadLetters;

  constructor(scope: Construct, id: string, { context }: { readonly context: StageContext }) {
    super(scope, id);
    const state = this.table('State', context);
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
    const story = this.table('Story', context);
    story.addGlobalSecondaryIndex({
      indexName: 'asked',
      partitionKey: { name: 'driverId', type: AttributeType.STRING },
      sortKey: { name: 'claimedAt', type: AttributeType.NUMBER },
      projectionType: ProjectionType.KEYS_ONLY,
    });
    this.story = { key: 'STORY_TABLE', table: story };
    this.bus = this.eventBus(context);

    this.outbox = new ServiceFunction(this, 'Outbox', {
      context,
      entry: 'functions/platform/publisher.handler.ts',
      description: 'Publishes what the stream says happened, and starts the timers of deadlines',
      timeout: Duration.seconds(30),
    });
    const storyWriter = new ServiceFunction(this, 'StoryWriter', {
      context,
      entry: 'functions/platform/story.handler.ts',
      description: 'Writes the story of each order from the stream',
      timeout: Duration.seconds(30),
    });

    this.undelivered = this.eventDeadLetters(context);
    this.outbox.uses(
      publishing(this.bus),
      items(this.state, 'BatchWriteItem', 'GetItem', 'PutItem', 'DeleteItem'),
      figures({ KEEP_FACTS_AFTER_SECONDS: context.stage.keepFactsAfterSeconds }),
    );
    storyWriter.uses(items(this.story, 'BatchWriteItem'));

    const streamArn = state.tableStreamArn as string;
    this.outboxDeadLetters = new StreamReader(this, 'OutboxReader', {
      context,
      name: 'outbox',
      streamArn,
      reader: this.outbox,
      filters: [hasEvents, hasDeadline],
    }).deadLetters;
    this.storyDeadLetters = new StreamReader(this, 'StoryReader', {
      context,
      name: 'story',
      streamArn,
      reader: storyWriter,
      filters: [hasEvents],
    }).deadLetters;
    tableAlarms(this, context, { State: [state, 'due', 'cell'], Story: [story, 'asked'] });
    publisherAlarms(this, context);
  }

  private eventDeadLetters(context: StageContext): DeadLetters {
    const undelivered = new DeadLetters(this, 'Undelivered', {
      context,
      of: 'events',
      runbook: 'queues.md#events-were-not-delivered',
    });
    undelivered.addToResourcePolicy(
      new PolicyStatement({
        sid: 'RulesOfTheStage',
        principals: [new ServicePrincipal('events.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [undelivered.queueArn],
        conditions: { ArnLike: { 'aws:SourceArn': this.rules(context) } },
      }),
    );
    return undelivered;
  }

  /** Of the bus of the stage, and those of the default bus that are named for it. */
  private rules(context: StageContext): readonly string[] {
    const rule = (resourceName: string): string =>
      Stack.of(this).formatArn({ service: 'events', resource: 'rule', resourceName });
    return [rule(`tuntas-${context.stage.name}/*`), rule(named(context, '*'))];
  }

  /** The bus by its attributes: not every emulator answers a Ref to a bus with its name. */
  private eventBus({ stage }: StageContext): IEventBus {
    const { attrName, attrArn } = new CfnEventBus(this, 'Bus', { name: `tuntas-${stage.name}` });
    return EventBus.fromEventBusAttributes(this, 'NamedBus', {
      eventBusName: attrName,
      eventBusArn: attrArn,
      eventBusPolicy: '',
    });
  }

  private table(id: 'State' | 'Story', context: StageContext): Table {
    const { warmThroughput } = context.stage;
    return new Table(this, id, {
      tableName: named(context, id.toLowerCase()),
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: 'expiresAt',
      encryption: TableEncryption.AWS_MANAGED,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: context.stage.protected,
      removalPolicy: removal(context),
      ...(id === 'State' ? { stream: StreamViewType.NEW_IMAGE } : {}),
      ...(warmThroughput ? { warmThroughput } : {}),
    });
  }
}
