/** Reads the synthesized template: a rule, queue or mapping that is forgotten there is missing in the world. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleOf, entries, outdir, root } from '../../build.ts';
import { account, region } from '../../local/cloud/addresses.ts';
import { compileFilters, compilePattern } from '../../local/cloud/events/pattern.ts';
import { parseSchedule } from '../../local/cloud/events/schedule.ts';
import { compileInput } from '../../local/cloud/events/transform.ts';
import { readAssembly } from '../../local/cloud/template/assembly.ts';
import { openStack, type Stack } from '../../local/cloud/template/stack.ts';
import type { Blueprint, Compose, FunctionPlan, MappingPlan, QueuePlan, RoutePlan, RulePlan } from './plans.ts';
import {
  functionSchema,
  integrationSchema,
  mappingSchema,
  queueSchema,
  routeSchema,
  ruleSchema,
  tableSchema,
  topicRuleSchema,
} from './template-schemas.ts';

/** A function's `compose`, found by the bundle that the template deploys. */
const composeOf = async (): Promise<(assetFolder: string) => Promise<{ name: string; compose: Compose }>> => {
  const bundles = new Map<string, string>();
  for (const entry of await entries())
    bundles.set(readFileSync(join(outdir, bundleOf(entry), 'index.mjs'), 'utf8'), entry);
  return async (folder) => {
    const entry = bundles.get(readFileSync(join(folder, 'index.mjs'), 'utf8'));
    if (!entry) throw new Error(`${folder} is not one of today's bundles; run npm run build`);
    const source = entry.replace(/\.(handler|api)\.ts$/, '.compose.ts');
    const { compose } = (await import(join(root, source))) as { readonly compose: Compose };
    return { name: bundleOf(entry), compose };
  };
};

const openAssembly = (folder: string): Stack => {
  const assembly = readAssembly(folder);
  return openStack({
    assembly,
    addresses: {
      queue: (name) => `https://sqs/${account}/${name}`,
      api: (id) => `https://${id.toLowerCase()}`,
      functionUrl: (id) => `https://${id.toLowerCase()}/`,
    },
  });
};

const functionsOf = async (stack: Stack): Promise<readonly FunctionPlan[]> => {
  const find = await composeOf();
  return Promise.all(
    stack.read('AWS::Lambda::Function', functionSchema).map(async ({ id, properties }) => ({
      ...(await find(stack.assetFolder(properties.Code.S3Key))),
      arn: arnOf(stack, id),
      timeoutMs: properties.Timeout * 1_000,
      concurrency: properties.ReservedConcurrentExecutions ?? 10,
      env: { ...properties.Environment?.Variables, AWS_REGION: region },
    })),
  );
};

const arnOf = (stack: Stack, id: string): string => {
  const { Arn } = stack.identify(id).attributes;
  if (!Arn) throw new Error(`${id} has no ARN`);
  return Arn;
};

const queuesOf = (stack: Stack): readonly QueuePlan[] =>
  stack.read('AWS::SQS::Queue', queueSchema).map(({ id, properties: { RedrivePolicy: redrive, ...properties } }) => ({
    url: stack.identify(id).ref,
    arn: arnOf(stack, id),
    visibilityMs: properties.VisibilityTimeout * 1_000,
    retentionMs: properties.MessageRetentionPeriod * 1_000,
    ...(redrive ? { deadLetters: { arn: redrive.deadLetterTargetArn, receives: redrive.maxReceiveCount } } : {}),
  }));

const functionArn = (functions: readonly FunctionPlan[], stack: Stack, nameOrArn: string): string => {
  const found = functions.find(({ arn }) => arn === nameOrArn || arn.endsWith(`:${nameOrArn}`));
  if (!found) throw new Error(`${stack.name} has no function ${nameOrArn}`);
  return found.arn;
};

const mappingsOf = (stack: Stack, functions: readonly FunctionPlan[]): readonly MappingPlan[] =>
  stack.read('AWS::Lambda::EventSourceMapping', mappingSchema).map(({ id, properties }) => {
    const filters = properties.FilterCriteria?.Filters.map(({ Pattern }) => Pattern);
    const destination = properties.DestinationConfig?.OnFailure?.Destination;
    return {
      source: properties.EventSourceArn,
      target: functionArn(functions, stack, properties.FunctionName),
      batchSize: properties.BatchSize,
      windowMs: properties.MaximumBatchingWindowInSeconds * 1_000,
      concurrency: properties.ScalingConfig?.MaximumConcurrency ?? 5,
      partialFailures: properties.FunctionResponseTypes.includes('ReportBatchItemFailures'),
      bisect: properties.BisectBatchOnFunctionError,
      ...(filters ? { matches: compileFilters(filters, id) } : {}),
      ...(properties.MaximumRetryAttempts < 0 ? {} : { retries: properties.MaximumRetryAttempts }),
      ...(properties.MaximumRecordAgeInSeconds < 0 ? {} : { maxAgeMs: properties.MaximumRecordAgeInSeconds * 1_000 }),
      ...(destination ? { onFailure: destination } : {}),
    };
  });

const rulesOf = (stack: Stack): readonly RulePlan[] =>
  stack.read('AWS::Events::Rule', ruleSchema).map(({ id, properties }) => ({
    arn: arnOf(stack, id),
    name: stack.identify(id).ref,
    bus: properties.EventBusName.replace(/^.*event-bus\//, ''),
    ...(properties.EventPattern ? { matches: compilePattern(properties.EventPattern, id) } : {}),
    ...(properties.ScheduleExpression ? { schedule: parseSchedule(properties.ScheduleExpression) } : {}),
    targets: properties.Targets.map((target, i) => ({
      arn: target.Arn,
      input: compileInput(target, `${id}.Targets[${i}]`),
    })),
  }));

const routesOf = (stack: Stack, functions: readonly FunctionPlan[]): readonly RoutePlan[] => {
  const uris = new Map(
    stack
      .read('AWS::ApiGatewayV2::Integration', integrationSchema)
      .map(({ id, properties }) => [stack.identify(id).ref, properties.IntegrationUri]),
  );
  return stack
    .read('AWS::ApiGatewayV2::Route', routeSchema)
    .filter(({ properties: { RouteKey } }) => /^[A-Z]+ \//.test(RouteKey))
    .map(({ properties: { RouteKey, Target } }) => {
      const uri = uris.get(Target.replace('integrations/', '')) ?? '';
      const target = functions.find(({ arn }) => uri.includes(arn));
      if (!target) throw new Error(`${RouteKey} leads to ${uri}, which is not a function`);
      return { key: RouteKey, target: target.arn };
    });
};

/** @param folder the cloud assembly of stage `local` */
export const blueprint = async (folder: string): Promise<Blueprint> => {
  const stack = openAssembly(folder);
  const functions = await functionsOf(stack);
  const [state] = stack
    .read('AWS::DynamoDB::Table', tableSchema)
    .filter(({ properties: { StreamSpecification } }) => StreamSpecification !== undefined);
  const stateStream = state && stack.identify(state.id).attributes.StreamArn;
  if (!stateStream) throw new Error('the template has no table with a stream');
  const [topicRule] = stack.read('AWS::IoT::TopicRule', topicRuleSchema);
  const queues = queuesOf(stack);
  const deviceQueueName = topicRule?.properties.TopicRulePayload.Actions[0].Sqs.QueueUrl.split('/').at(-1);
  const deviceQueue = queues.find(({ url }) => url.endsWith(`/${deviceQueueName}`));
  if (!deviceQueue) throw new Error('the template has no rule that hands over what devices report');
  return {
    deviceQueue: deviceQueue.arn,
    functions,
    queues,
    mappings: mappingsOf(stack, functions),
    rules: rulesOf(stack),
    routes: routesOf(stack, functions),
    stateStream,
  };
};
