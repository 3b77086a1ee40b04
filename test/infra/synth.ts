/** Synthesizes the stacks of a stage. The CDK is slow to load: `template.ts` reads what was synthesized before. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib/core';
import { IotStack } from '../../lib/iot-stack.ts';
import type { Stage } from '../../lib/stages.ts';
import { TuntasStack } from '../../lib/tuntas-stack.ts';
import { root } from './sources.ts';
import type { Properties } from './template.ts';

export const stackOf = (stage: Stage): { readonly app: App; readonly stack: TuntasStack } => {
  const { context } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8')) as { context: Record<string, unknown> };
  const outdir = mkdtempSync(join(tmpdir(), 'tuntas-synth-'));
  process.once('exit', () => rmSync(outdir, { recursive: true, force: true }));
  const app = new App({
    outdir,
    context: { ...context, 'aws:cdk:disable-asset-staging': true },
    analyticsReporting: false,
  });
  return { app, stack: new TuntasStack(app, stage) };
};

export const synthesize = (stage: Stage): Properties => {
  process.env.CDK_VALIDATION = 'false';
  const { app, stack } = stackOf(stage);
  return app.synth().getStackByName(stack.stackName).template;
};

/** The stack of the devices. */
export const synthesizeDevices = (stage: Stage): Properties => {
  const app = new App({ analyticsReporting: false });
  const { stackName } = new IotStack(app, stage);
  return app.synth().getStackByName(stackName).template;
};
