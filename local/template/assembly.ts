/** Reads what `cdk synth` wrote: the stack's template and where each asset lies. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as z from 'zod';

const resource = z.looseObject({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).optional(),
  Condition: z.string().optional(),
});

const templateSchema = z.object({
  Parameters: z.record(z.string(), z.looseObject({ Type: z.string(), Default: z.unknown() })).default({}),
  Conditions: z.record(z.string(), z.unknown()).default({}),
  Mappings: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown()))).default({}),
  Resources: z.record(z.string(), resource),
  Outputs: z.record(z.string(), z.looseObject({ Value: z.unknown(), Condition: z.string().optional() })).default({}),
});

const manifestSchema = z.object({
  artifacts: z.record(
    z.string(),
    z.looseObject({
      type: z.string(),
      properties: z.looseObject({ templateFile: z.string().optional(), stackName: z.string().optional() }).optional(),
    }),
  ),
});

const assetsSchema = z.object({
  files: z.record(z.string(), z.looseObject({ source: z.looseObject({ path: z.string().optional() }) })),
});

export type Template = z.infer<typeof templateSchema>;
export type Resource = z.infer<typeof resource>;

export interface Assembly {
  readonly stackName: string;
  readonly template: Template;
  /** The folder of the asset that the template calls by its S3 key (`<hash>.zip`). */
  readonly assetFolder: (s3Key: string) => string;
}

const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

/** The rule of the devices is a stack of its own on AWS; on one machine their simulator reads it. */
const devices = '-devices';

/** Reads one of the two stacks in a cloud assembly folder: that of the orders, or that of the devices. */
export const readAssembly = (folder: string, which: 'orders' | 'devices' = 'orders'): Assembly => {
  const manifest = manifestSchema.parse(readJson(join(folder, 'manifest.json')));
  const stacks = Object.entries(manifest.artifacts).filter(
    ([id, { type }]) => type === 'aws:cloudformation:stack' && id.endsWith(devices) === (which === 'devices'),
  );
  const [only] = stacks;
  if (!only || stacks.length > 1) throw new Error(`${folder} holds ${stacks.length} stacks of ${which}; one machine runs one`);
  const [id, { properties }] = only;
  const assetsFile = join(folder, `${id}.assets.json`);
  const files = existsSync(assetsFile) ? assetsSchema.parse(readJson(assetsFile)).files : {};
  return {
    stackName: properties?.stackName ?? id,
    template: templateSchema.parse(readJson(join(folder, properties?.templateFile ?? `${id}.template.json`))),
    assetFolder: (s3Key) => {
      const path = files[s3Key.replace(/\.zip$/, '')]?.source.path;
      if (path === undefined) throw new Error(`the asset ${s3Key} is not in ${assetsFile}`);
      return resolve(folder, path);
    },
  };
};
