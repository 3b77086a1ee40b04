/** Reads what `cdk synth` wrote: the stack's template and where each asset is. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import type { Json } from '../../json.ts';

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
export type Assembly = ReturnType<typeof readAssembly>;

const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

const devices = '-devices';

/** Two parts of two templates as one. @throws when both have something of the same name */
const joined = <Part extends Json>(one: Part, other: Part): Part => {
  const both = Object.keys(one).find((name) => Object.hasOwn(other, name));
  if (both !== undefined) throw new Error(`both stacks have a ${both}; on one machine they are one`);
  return { ...one, ...other };
};

const merge = (orders: Template, ofDevices: Template): Template => ({
  Parameters: joined(orders.Parameters, ofDevices.Parameters),
  Conditions: joined(orders.Conditions, ofDevices.Conditions),
  Mappings: joined(orders.Mappings, ofDevices.Mappings),
  Resources: joined(orders.Resources, ofDevices.Resources),
  Outputs: joined(orders.Outputs, ofDevices.Outputs),
});

/** Reads a cloud assembly folder. The devices' stack, perhaps in another region on AWS, is part of the one stack. */
export const readAssembly = (folder: string) => {
  const { artifacts } = manifestSchema.parse(readJson(join(folder, 'manifest.json')));
  const stacks = Object.entries(artifacts).flatMap(([id, { type, properties }]) =>
    type === 'aws:cloudformation:stack' ? [{ id, ...properties }] : [],
  );
  const [orders, ...moreOrders] = stacks.filter(({ id }) => !id.endsWith(devices));
  const [ofDevices, ...moreDevices] = stacks.filter(({ id }) => id.endsWith(devices));
  if (!orders || moreOrders.length > 0 || moreDevices.length > 0)
    throw new Error(`${folder} holds ${stacks.length} stacks; one machine runs one, and that of its devices`);
  const templateOf = ({ id, templateFile = `${id}.template.json` }: typeof orders): Template =>
    templateSchema.parse(readJson(join(folder, templateFile)));
  const assetsFile = join(folder, `${orders.id}.assets.json`);
  const files = existsSync(assetsFile) ? assetsSchema.parse(readJson(assetsFile)).files : {};
  return {
    stackName: orders.stackName ?? orders.id,
    template: ofDevices ? merge(templateOf(orders), templateOf(ofDevices)) : templateOf(orders),
    /** The folder of the asset that the template calls by its S3 key (`<hash>.zip`). */
    assetFolder: (s3Key: string): string => {
      const path = files[s3Key.replace(/\.zip$/, '')]?.source.path;
      if (path === undefined) throw new Error(`the asset ${s3Key} is not in ${assetsFile}`);
      return resolve(folder, path);
    },
  };
};
