/** Reads the functions of the template: where their bundle is, and the variables that Lambda sets. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { region } from '../addresses.ts';
import { flag, number, text, unused, z } from '../template/schema.ts';

export const functionSchema = z.strictObject({
  FunctionName: text.optional(),
  Code: z.strictObject({ ...unused('S3Bucket'), S3Key: text }),
  Handler: text,
  Runtime: text.regex(/^nodejs/, 'only Node.js functions run here'),
  Timeout: number.default(3),
  MemorySize: number.default(128),
  Environment: z.strictObject({ Variables: z.record(text, z.coerce.string()) }).optional(),
  ReservedConcurrentExecutions: number.optional(),
  DeadLetterConfig: z.strictObject({ TargetArn: text }).optional(),
  LoggingConfig: z
    .strictObject({ LogGroup: text.optional(), ...unused('LogFormat', 'ApplicationLogLevel', 'SystemLogLevel') })
    .optional(),
  Role: text.optional(),
  SnapStart: z.strictObject({ ApplyOn: z.literal('None') }).optional(),
  PublishToLatestPublished: flag.optional(),
  ...unused('Architectures', 'Description', 'Tags', 'TracingConfig'),
  ...unused('KmsKeyArn', 'RecursiveLoop', 'RuntimeManagementConfig', 'EphemeralStorage'),
});

export type FunctionProperties = z.infer<typeof functionSchema>;

export const lambdaVariables = (name: string, { MemorySize, Handler }: FunctionProperties): Record<string, string> => ({
  AWS_LAMBDA_FUNCTION_NAME: name,
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(MemorySize),
  AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
  AWS_LAMBDA_LOG_STREAM_NAME: 'local',
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  AWS_REGION: region,
  AWS_DEFAULT_REGION: region,
  _HANDLER: Handler,
  TZ: ':UTC',
});

/** As Lambda does, `index.handler` is looked for in index.mjs, then index.js. */
export const bundleOf = (folder: string, handler: string): { file: string; handler: string } => {
  const [module = '', exported = 'handler'] = handler.split(/\.(?=[^.]*$)/);
  const file = ['.mjs', '.js', '.cjs']
    .map((ending) => join(folder, module + ending))
    .find((candidate) => existsSync(candidate));
  if (!file) throw new Error(`${folder} has no ${module}.mjs for the handler ${handler}`);
  return { file, handler: exported };
};
