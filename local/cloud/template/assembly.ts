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

const devices = '-devices';

type Artifact = readonly [string, z.infer<typeof manifestSchema>['artifacts'][string]];

const templateOf = (folder: string, [id, { properties }]: Artifact): Template =>
  templateSchema.parse(readJson(join(folder, properties?.templateFile ?? `${id}.template.json`)));

/** Two parts of two templates as one. @throws when both have something of the same name */
const joined = <Part>(
  one: Readonly<Record<string, Part>>,
  other: Readonly<Record<string, Part>>,
): Record<string, Part> => {
  const both = Object.keys(one).find((name) => Object.hasOwn(other, name));
  if (both !== undefined) throw new Error(`both stacks have a ${both}; on one machine they are one`);
  return { ...one, ...other };
};

const together = (orders: Template, ofDevices: Template): Template => ({
  Parameters: joined(orders.Parameters, ofDevices.Parameters),
  Conditions: joined(orders.Conditions, ofDevices.Conditions),
  Mappings: joined(orders.Mappings, ofDevices.Mappings),
  Resources: joined(orders.Resources, ofDevices.Resources),
  Outputs: joined(orders.Outputs, ofDevices.Outputs),
});

/** Reads a cloud assembly folder. The stack of the devices, which may stand in another region on AWS, is part of the one stack here. */
export const readAssembly = (folder: string): Assembly => {
  const manifest = manifestSchema.parse(readJson(join(folder, 'manifest.json')));
  const stacks = Object.entries(manifest.artifacts).filter(([, { type }]) => type === 'aws:cloudformation:stack');
  const { orders = [], beside = [] } = Object.groupBy(stacks, ([id]) => (id.endsWith(devices) ? 'beside' : 'orders'));
  const [only] = orders;
  const [besideIt] = beside;
  if (!only || orders.length > 1 || beside.length > 1)
    throw new Error(`${folder} holds ${stacks.length} stacks; one machine runs one, and that of its devices`);
  const [id, { properties }] = only;
  const assetsFile = join(folder, `${id}.assets.json`);
  const files = existsSync(assetsFile) ? assetsSchema.parse(readJson(assetsFile)).files : {};
  const template = templateOf(folder, only);
  return {
    stackName: properties?.stackName ?? id,
    template: besideIt ? together(template, templateOf(folder, besideIt)) : template,
    assetFolder: (s3Key) => {
      const path = files[s3Key.replace(/\.zip$/, '')]?.source.path;
      if (path === undefined) throw new Error(`the asset ${s3Key} is not in ${assetsFile}`);
      return resolve(folder, path);
    },
  };
};
