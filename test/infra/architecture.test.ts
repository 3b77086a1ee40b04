/** The lines between contexts, and the purity of the deciders, read from the sources. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './template.ts';

const files = globSync('functions/**/*.ts', { cwd: root }).toSorted();
const sourceOf = (file: string): string => readFileSync(join(root, file), 'utf8');
const code = (file: string): string => sourceOf(file).replaceAll(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '');
const contextOf = (file: string): string => file.split('/')[1] as string;

type Import = { readonly from: string; readonly typeOnly: boolean };
const importsOf = (file: string): readonly Import[] =>
  [...sourceOf(file).matchAll(/^(?:import|export)\s+(type\s)?[^'";]*?from\s+'([^']+)'|import\('([^']+)'\)/gm)].map(
    ([, type, from, lazy]) => ({
      from: (from ?? lazy) as string,
      typeOnly: type !== undefined,
    }),
  );
const resolved = (file: string, { from }: Import): string =>
  from.startsWith('.') ? relative(root, join(root, file, '..', from)) : from;

describe('a context', () => {
  const allowed = (file: string, target: string): boolean =>
    !target.startsWith('functions/') ||
    contextOf(target) === contextOf(file) ||
    ['kernel', 'platform'].includes(contextOf(target)) ||
    // Another context is asked through its commands; its routes are data, which the description of the API is made of.
    /^functions\/\w+\/(commands|\w+\.routes)\.ts$/.test(target);

  it.each(files)('%s imports itself, platform, events and the commands of others, nothing else', (file) => {
    const project = importsOf(file)
      .map((one) => resolved(file, one))
      .filter((target) => /^[\w-]+\//.test(target) && existsSync(join(root, target)));
    expect(project.filter((target) => !/^(functions|events)\//.test(target))).toEqual([]);
    expect(project.filter((target) => !allowed(file, target))).toEqual([]);
  });

  it('is not known to the platform', () => {
    const outside = files
      .filter((file) => contextOf(file) === 'platform')
      .flatMap((file) => importsOf(file).map((one) => resolved(file, one)));
    expect(outside.filter((target) => target.startsWith('functions/') && contextOf(target) !== 'platform')).toEqual([]);
  });

  it('declares its events in events/, which knows no context and no SDK', () => {
    const events = globSync('events/**/*.ts', { cwd: root });
    const outside = events.flatMap((file) => importsOf(file).map((one) => [file, resolved(file, one)] as const));
    expect(
      outside.filter(([, target]) => /@aws-sdk|@aws-lambda/.test(target) || /^functions\/(?!kernel\/)/.test(target)),
    ).toEqual([]);
  });
});

describe('a decider', () => {
  const deciders = files.filter((file) => file.endsWith('.decider.ts'));

  it('exists', () => expect(deciders.length).toBeGreaterThan(0));

  it.each(deciders)('%s reads no clock, draws no chance, throws nothing and waits for nothing', (file) => {
    expect(code(file)).not.toMatch(
      /\bDate\.now|new Date\(\)|Math\.random|randomUUID|performance\.|process\.|\bfetch\(|setTimeout|console\./,
    );
    expect(code(file)).not.toMatch(/\bthrow\b|\basync\b|\bawait\b|\bPromise\b/);
    expect(code(file)).not.toMatch(/\bdefault:/);
  });

  /** Everything that is loaded with a file. */
  const closure = (file: string, seen = new Set<string>()): ReadonlySet<string> => {
    for (const one of importsOf(file).filter(({ typeOnly }) => !typeOnly)) {
      const target = resolved(file, one);
      if (seen.has(target)) continue;
      seen.add(target);
      if (target.endsWith('.ts')) closure(target, seen);
    }
    return seen;
  };

  it.each(deciders)('%s loads no SDK and no builtin of Node, not even through others', (file) => {
    expect([...closure(file)].filter((target) => /^(@aws|node:|@smithy)/.test(target))).toEqual([]);
  });
});

describe('a handler', () => {
  it.each(files.filter((file) => /\.(handler|api)\.ts$/.test(file)))(
    '%s only wires: it exports its handler and nothing else',
    (file) => {
      const exported = [...code(file).matchAll(/^export\s+(?:const|function|type|class)\s+(\w+)/gm)].map(
        ([, name]) => name,
      );
      expect(exported).toEqual(['handler']);
      expect(sourceOf(file).split('\n').length).toBeLessThan(40);
    },
  );
});

describe('every source file', () => {
  it.each([...files, ...globSync('lib/*.ts', { cwd: root }), 'build.ts', 'bin/app.ts'])(
    '%s opens with what it is for',
    (file) => {
      expect(sourceOf(file)).toMatch(/^\/\*\*/);
    },
  );
});
