/** The CDK app: the stack of orders and the stack of the devices for the stage named by `-c stage=…` (default dev). Needs neither an account nor Docker. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib/core';
import { IotStack } from '../lib/iot-stack.ts';
import { stageNamed } from '../lib/stages.ts';
import { TuntasStack } from '../lib/tuntas-stack.ts';

// Read here as well, so that the app gives the same template with and without the CDK CLI.
const { context } = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'cdk.json'), 'utf8')) as { context: Record<string, unknown> };
const app = new App({ context, analyticsReporting: false });
const stage = stageNamed(String(app.node.tryGetContext('stage') ?? 'dev'));
new TuntasStack(app, stage);
new IotStack(app, stage);

if (process.env.CDK_VALIDATION !== 'false') {
  const { AwsSolutionsChecks, ServerlessChecks } = await import('cdk-nag');
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
}
app.synth();
