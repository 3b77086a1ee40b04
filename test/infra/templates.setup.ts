/** The bundles and the templates of all stages, once before the tests that read them. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { built } from '../support/build.setup.ts';
import { stages } from './stages.ts';
import { synthesize, synthesizeDevices } from './synth.ts';

declare module 'vitest' {
  // biome-ignore lint/style/useConsistentTypeDefinitions: only an interface can be extended
  export interface ProvidedContext {
    /** The folder of the synthesized templates. */
    templates: string;
  }
}

export default async (project: TestProject): Promise<() => Promise<void>> => {
  await built();
  const folder = await mkdtemp(join(tmpdir(), 'tuntas-templates-'));
  for (const [name, stage] of Object.entries(stages)) {
    await writeFile(join(folder, `${name}.json`), JSON.stringify(synthesize(stage)));
    await writeFile(join(folder, `${name}-devices.json`), JSON.stringify(synthesizeDevices(stage)));
  }
  project.provide('templates', folder);
  return () => rm(folder, { recursive: true, force: true });
};
