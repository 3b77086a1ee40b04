/** What a rule's target receives of an event: all of it, a part, a constant, or a template filled in. */
import { isRecord } from '../../json.ts';
import type { TargetProperties } from './targets.ts';

export type InputOptions = Partial<Pick<TargetProperties, 'Input' | 'InputPath' | 'InputTransformer'>>;
export type MakeInput = (event: unknown, rule: { readonly arn: string; readonly name: string }) => string;

/** The path language of EventBridge: `$`, `$.detail`, `$.detail.offers[0].driverId`, `$['detail-type']`. */
const compilePath = (path: string, place: string): ((event: unknown) => unknown) => {
  const steps = [...path.slice(1).matchAll(/\.([\w-]+)|\[(\d+)\]|\['([^']+)'\]/g)];
  if (!path.startsWith('$') || steps.map(([whole]) => whole).join('') !== path.slice(1)) {
    throw new Error(`${place}: the path ${path} is not known here`);
  }
  const names = steps.map(([, dotted, index, quoted]) => dotted ?? quoted ?? Number(index));
  return (event) =>
    names.reduce<unknown>((value, name) => {
      if (typeof name === 'number') return Array.isArray(value) ? value[name] : undefined;
      return isRecord(value) ? value[name] : undefined;
    }, event);
};

const reserved = /^aws\.events\.(rule-arn|rule-name|event\.ingestion-time|event\.json|event)$/;

type Transformer = NonNullable<InputOptions['InputTransformer']>;

const compileTemplate = ({ InputPathsMap = {}, InputTemplate }: Transformer, place: string): MakeInput => {
  const paths = new Map(
    Object.entries(InputPathsMap).map(([name, path]) => [name, compilePath(path, `${place}.InputPathsMap.${name}`)]),
  );
  for (const [, name = ''] of InputTemplate.matchAll(/<([^<>\s]+)>/g)) {
    if (!paths.has(name) && !reserved.test(name)) throw new Error(`${place}.InputTemplate: <${name}> is not known`);
  }
  // Inside quotes a text is put in as it is; outside, any value is put in as JSON.
  const isJson = InputTemplate.trimStart().startsWith('{') || InputTemplate.trimStart().startsWith('[');
  return (event, rule) => {
    const valueNamed = (name: string): unknown => {
      if (name === 'aws.events.rule-arn') return rule.arn;
      if (name === 'aws.events.rule-name') return rule.name;
      if (name === 'aws.events.event.ingestion-time') return new Date().toISOString();
      if (name.startsWith('aws.events.event')) return event;
      return paths.get(name)?.(event);
    };
    let quoted = false;
    return InputTemplate.replace(/"|<([^<>\s]+)>/g, (whole, name: string | undefined) => {
      if (name === undefined) {
        quoted = !quoted;
        return whole;
      }
      const value = valueNamed(name) ?? '';
      const json = JSON.stringify(value);
      if (quoted) return typeof value === 'string' ? json.slice(1, -1) : json.replace(/"/g, '\\"');
      return isJson || typeof value !== 'string' ? json : value;
    });
  };
};

/** Compiles the input part of a target; says with its place what it does not know. */
export const compileInput = ({ Input, InputPath, InputTransformer }: InputOptions, place: string): MakeInput => {
  if (Input !== undefined) return () => Input;
  if (InputTransformer) return compileTemplate(InputTransformer, place);
  if (InputPath === undefined) return (event) => JSON.stringify(event);
  const select = compilePath(InputPath, `${place}.InputPath`);
  return (event) => JSON.stringify(select(event) ?? null);
};
