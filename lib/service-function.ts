/** Every function is made here: the defaults of the project first, the given properties after. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Duration, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { bundleOf } from '../build.ts';
import type { Access } from './access.ts';
import { PromiseAlarm } from './promise-alarm.ts';
import { named, removal, type StageContext } from './stage-context.ts';

export type FunctionProps = {
  readonly context: StageContext;
  /** Path of the entry, e.g. `functions/dispatch/offers.handler.ts`. */
  readonly entry: `functions/${string}/${string}.${'handler' | 'api'}.ts`;
  readonly description: string;
  readonly timeout: Duration;
  readonly memory?: number;
  /** Environments that are kept for it, and that it never exceeds. */
  readonly reserved?: number;
  /** Where an asynchronous invocation ends that failed three times. */
  readonly deadLetters?: IQueue;
};

const root = join(import.meta.dirname, '..');

const bundleAt = (entry: string): string => {
  const bundle = join(root, 'build', bundleOf(entry));
  if (!existsSync(join(root, entry))) throw new Error(`${entry} does not exist`);
  if (!existsSync(join(bundle, 'index.mjs'))) throw new Error(`${entry} is not bundled yet: npm run build`);
  return bundle;
};

export class ServiceFunction extends Construct {
  readonly function: LambdaFunction;
  readonly logs: LogGroup;
  private readonly role: Role;

  constructor(
    scope: Construct,
    id: string,
    { context, entry, description, timeout, memory = 512, reserved, deadLetters }: FunctionProps,
  ) {
    super(scope, id);
    const bundle = bundleOf(entry);
    const functionName = named(context, bundle);
    this.logs = new LogGroup(this, 'Logs', {
      logGroupName: `/aws/lambda/${functionName}`,
      retention: context.stage.logDays,
      removalPolicy: removal(context),
    });
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `${functionName}: ${description}`,
    });
    this.role.addToPolicy(
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [this.logs.logGroupArn],
      }),
    );
    this.function = new LambdaFunction(this, 'Function', {
      functionName,
      description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      // Source maps stay where they were built: no function reads them.
      code: Code.fromAsset(bundleAt(entry), { exclude: ['*.map'] }),
      memorySize: memory,
      timeout,
      role: this.role,
      logGroup: this.logs,
      loggingFormat: LoggingFormat.JSON,
      // The function itself decides what it writes: a line that carries metrics must not be dropped by its level.
      applicationLogLevelV2: ApplicationLogLevel.TRACE,
      systemLogLevelV2: SystemLogLevel.WARN,
      tracing: context.stage.tracing ? Tracing.ACTIVE : Tracing.DISABLED,
      ...(deadLetters ? { deadLetterQueue: deadLetters } : {}),
      ...(reserved === undefined ? {} : { reservedConcurrentExecutions: reserved }),
      environment: {
        STAGE: context.stage.name,
        SERVICE: entry.split('/')[1] as string,
        LOG_LEVEL: context.stage.logLevel,
        ...(context.stage.flags ? { TUNTAS_DEPLOYED_FLAGS: JSON.stringify(context.stage.flags) } : {}),
        ...(context.stage.flagsFile ? { TUNTAS_FLAGS: context.stage.flagsFile } : {}),
      },
    });
    this.justify(context.stage.tracing, deadLetters !== undefined);
    new PromiseAlarm(this, 'Fails', {
      context,
      promise: `${bundle}-does-not-fail`,
      description: `${functionName} failed more than 5 times in 5 minutes.`,
      runbook: 'functions.md#a-function-fails',
      metric: this.errors(),
      above: 5,
    });
    new PromiseAlarm(this, 'Throttled', {
      context,
      promise: `${bundle}-is-not-throttled`,
      description: `Lambda did not run ${functionName} for more than 5 calls in 5 minutes: its concurrency is used up.`,
      runbook: 'functions.md#a-function-is-throttled',
      metric: this.throttles(),
      above: 5,
    });
  }

  /** Gives the permission and the environment key that belongs to it. */
  uses(...accesses: readonly Access[]): this {
    for (const { environment, statements, accepted } of accesses) {
      for (const [key, value] of Object.entries(environment)) this.function.addEnvironment(key, value);
      for (const statement of statements) this.role.addToPolicy(statement);
      if (accepted) Validations.of(this.role).acknowledge(accepted);
    }
    return this;
  }

  errors(): Metric {
    return this.function.metricErrors({ period: Duration.minutes(5), statistic: 'Sum' });
  }

  /** Calls for which its concurrency, or that of the account, was used up. */
  throttles(): Metric {
    return this.function.metricThrottles({ period: Duration.minutes(5), statistic: 'Sum' });
  }

  private justify(traced: boolean, asynchronous: boolean): void {
    if (traced)
      Validations.of(this.role).acknowledge({
        id: 'AwsSolutions-IAM5[Resource::*]',
        reason: 'X-Ray has no resources: its two write actions can only be allowed on all of them',
      });
    else
      Validations.of(this.function).acknowledge({
        id: 'Serverless-LambdaTracing',
        reason:
          'Traces are a setting of the stage; ' +
          'one structured line per decision carries the order id across all functions',
      });
    if (!asynchronous)
      Validations.of(this.function).acknowledge({
        id: 'Serverless-LambdaDLQ',
        reason:
          'Called by API Gateway, which waits for the answer, or by a mapping with its own dead letters: ' +
          'it has no asynchronous calls that could be lost',
      });
  }
}
