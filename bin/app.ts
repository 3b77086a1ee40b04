/** The CDK app: one stack for the stage named by `-c stage=…` (default dev). Needs neither an account nor Docker. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib/core';
import { stageNamed } from '../lib/stages.ts';
import { TuntasStack } from '../lib/tuntas-stack.ts';

// Read here as well, so that the app gives the same template with and without the CDK CLI.
const { context } = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'cdk.json'), 'utf8')) as { context: Record<string, unknown> };
const app = new App({ context, analyticsReporting: false });
new TuntasStack(app, stageNamed(String(app.node.tryGetContext('stage') ?? 'dev')));

if (process.env.CDK_VALIDATION !== 'false') {
  const { AwsSolutionsChecks, ServerlessChecks } = await import('cdk-nag');
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
}
app.synth();
