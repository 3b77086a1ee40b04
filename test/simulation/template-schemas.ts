/** The parts of the template's resources that the world reads. */
import * as z from 'zod';

const whole = z.coerce.number();
export const functionSchema = z.looseObject({
  Code: z.looseObject({ S3Key: z.string() }),
  Timeout: whole.default(3),
  ReservedConcurrentExecutions: whole.optional(),
  Environment: z.looseObject({ Variables: z.record(z.string(), z.coerce.string()) }).optional(),
});
export const queueSchema = z.looseObject({
  VisibilityTimeout: whole.default(30),
  MessageRetentionPeriod: whole.default(345_600),
  RedrivePolicy: z.object({ deadLetterTargetArn: z.string(), maxReceiveCount: whole }).optional(),
});
export const mappingSchema = z.looseObject({
  EventSourceArn: z.string(),
  FunctionName: z.string(),
  BatchSize: whole.default(10),
  MaximumBatchingWindowInSeconds: whole.default(0),
  FunctionResponseTypes: z.array(z.string()).default([]),
  FilterCriteria: z.object({ Filters: z.array(z.object({ Pattern: z.string() })) }).optional(),
  ScalingConfig: z.object({ MaximumConcurrency: whole.optional() }).optional(),
  BisectBatchOnFunctionError: z.coerce.boolean().default(false),
  MaximumRetryAttempts: whole.default(-1),
  MaximumRecordAgeInSeconds: whole.default(-1),
  DestinationConfig: z.looseObject({ OnFailure: z.looseObject({ Destination: z.string() }).optional() }).optional(),
});
export const ruleSchema = z.looseObject({
  EventBusName: z.string().default('default'),
  EventPattern: z.record(z.string(), z.unknown()).optional(),
  ScheduleExpression: z.string().optional(),
  Targets: z
    .array(
      z.looseObject({
        Arn: z.string(),
        Input: z.string().optional(),
        InputPath: z.string().optional(),
        InputTransformer: z
          .object({ InputPathsMap: z.record(z.string(), z.string()).optional(), InputTemplate: z.string() })
          .optional(),
      }),
    )
    .default([]),
});
export const routeSchema = z.looseObject({ RouteKey: z.string(), Target: z.string() });
export const integrationSchema = z.looseObject({ IntegrationUri: z.string() });
export const topicRuleSchema = z.looseObject({
  TopicRulePayload: z.looseObject({
    Actions: z.tuple([z.looseObject({ Sqs: z.looseObject({ QueueUrl: z.string() }) })]),
  }),
});
export const tableSchema = z.looseObject({ StreamSpecification: z.unknown().optional() });
