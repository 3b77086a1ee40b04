/** The CDK app: both stacks of the stage named by `-c stage=…` (default dev). It bundles the functions first. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib/core';
import { buildAll } from '../build.ts';
import { IncompleteStack } from '../lib/incomplete-stack.ts';
import { IotStack } from '../lib/iot-stack.ts';
import { settingsOf } from '../lib/settings.ts';
import { checkedName, local, type Stage, stageOf } from '../lib/stages.ts';
import { TuntasStack } from '../lib/tuntas-stack.ts';

// Read here as well, so that the app gives the same template with and without the CDK CLI.
const { context } = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'cdk.json'), 'utf8')) as {
  context: Record<string, unknown>;
};
const app = new App({ context, analyticsReporting: false });

const synthesize = async (stage: Stage): Promise<void> => {
  await buildAll();
  new TuntasStack(app, stage);
  new IotStack(app, stage);
};

const name = checkedName(String(app.node.tryGetContext('stage') ?? 'dev'));
if (name === 'local') await synthesize(local);
else {
  const { settings, problem } = settingsOf(name, app.node.tryGetContext('settings'));
  if (settings) await synthesize(stageOf(name, settings));
  else {
    new IncompleteStack(app, `tuntas-${name}`, local.region, problem);
    new IncompleteStack(app, `tuntas-${name}-devices`, local.devicesRegion, `Settings are missing, see tuntas-${name}`);
  }
}

if (process.env.CDK_VALIDATION !== 'false') {
  const { AwsSolutionsChecks, ServerlessChecks } = await import('cdk-nag');
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
}
app.synth();
