/** The lines between contexts, the purity of the deciders and the ports of everything else, read from the sources. */
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codeOf, exists, filesOf, importsOf, textOf } from './sources.ts';

const files = filesOf('functions/**/*.ts');
const contextOf = (file: string): string => file.split('/')[1] as string;
const within = (context: string): readonly string[] => files.filter((file) => contextOf(file) === context);
const targetsOf = (file: string): readonly string[] => importsOf(file).map(({ target }) => target);
const isProject = (target: string): boolean => /^[\w-]+\//.test(target) && exists(target);
const isSdk = (target: string): boolean => /^(@aws|@smithy|@middy|aws-lambda)/.test(target);

/** Everything that is loaded with a file. */
const closure = (file: string, seen = new Set<string>()): ReadonlySet<string> => {
  for (const { target } of importsOf(file).filter(({ typeOnly }) => !typeOnly)) {
    if (seen.has(target)) continue;
    seen.add(target);
    if (target.endsWith('.ts')) closure(target, seen);
  }
  return seen;
};

/** What each folder at the top may import besides itself. */
const rooms: Readonly<Record<string, readonly string[]>> = {
  bench: ['bin', 'build.ts', 'functions', 'local', 'tools'],
  bin: ['build.ts', 'events', 'functions', 'lib', 'local'],
  client: ['functions'],
  events: ['functions'],
  functions: ['events'],
  lib: ['build.ts', 'functions'],
  local: ['bin', 'client', 'functions'],
  test: ['bin', 'build.ts', 'client', 'events', 'functions', 'lib', 'local', 'tools'],
  tools: ['functions', 'local'],
};

describe.each(Object.entries(rooms))('the folder %s', (room, others) => {
  it(`imports itself and ${others.join(', ')} only`, () => {
    const found = filesOf(`${room}/**/*.ts`).flatMap((file) =>
      targetsOf(file)
        .filter((target) => /^[\w-]+\//.test(target) || target === 'build.ts')
        .filter((target) => exists(target) && ![room, ...others].includes(target.split('/')[0] as string))
        .map((target) => `${file}: ${target}`),
    );
    expect(found).toEqual([]);
  });
});

describe('the kernel', () => {
  it.each(within('kernel'))('%s knows the kernel only: no SDK, no builtin of Node', (file) => {
    expect(targetsOf(file).filter((target) => isProject(target) && !target.startsWith('functions/kernel/'))).toEqual(
      [],
    );
    expect(targetsOf(file).filter((target) => isSdk(target) || target.startsWith('node:'))).toEqual([]);
  });
});

describe('the platform', () => {
  it.each(within('platform'))('%s knows no context and no event', (file) => {
    expect(
      targetsOf(file).filter((target) => isProject(target) && !/^functions\/(kernel|platform)\//.test(target)),
    ).toEqual([]);
  });
});

describe('events', () => {
  it.each(filesOf('events/**/*.ts'))('%s know the kernel only, and no SDK', (file) => {
    expect(
      targetsOf(file).filter((target) => isProject(target) && !/^(events|functions\/kernel)\//.test(target)),
    ).toEqual([]);
    expect(targetsOf(file).filter(isSdk)).toEqual([]);
  });
});

describe('a context', () => {
  const allowed = (file: string, target: string): boolean =>
    target.startsWith('events/') ||
    [contextOf(file), 'kernel', 'platform'].some((context) => target.startsWith(`functions/${context}/`)) ||
    // Another context is reached through its commands, and through its rules in a write of both; its routes are data.
    /^functions\/\w+\/(commands|rules|\w+\.routes)\.ts$/.test(target);
  const contexts = files.filter((file) => !['kernel', 'platform'].includes(contextOf(file)));

  it.each(contexts)('%s imports its own context, kernel, platform, events and the commands of others only', (file) => {
    expect(targetsOf(file).filter((target) => isProject(target) && !allowed(file, target))).toEqual([]);
  });
});

describe('a decider', () => {
  const deciders = files.filter((file) => file.endsWith('.decider.ts'));

  it('exists', () => expect(deciders.length).toBeGreaterThan(5));

  it.each(deciders)('%s throws nothing, waits for nothing and names every command', (file) => {
    expect(codeOf(file)).not.toMatch(/\bthrow\b|\basync\b|\bawait\b|\bPromise\b/);
    expect(codeOf(file)).not.toMatch(/\bdefault:/);
  });

  it.each(deciders)('%s loads no SDK and no builtin of Node, not even through others', (file) => {
    expect([...closure(file)].filter((target) => isSdk(target) || target.startsWith('node:'))).toEqual([]);
  });
});

describe('clock, chance, network, files, environment and output', () => {
  const edges = new Set([
    'functions/platform/bus.eventbridge.ts',
    'functions/platform/dynamo.ts',
    'functions/platform/http-407.ts',
    'functions/platform/http-client.ts',
    'functions/platform/lambda-stream.ts',
    'functions/platform/lambda.ts',
    'functions/platform/logger.ts',
    'functions/platform/post-to-connection.ts',
    'functions/platform/queues.lazy.ts',
    'functions/platform/queues.sqs.ts',
    'functions/platform/response-sink.ts',
    'functions/platform/secret.client.ts',
    'functions/notify/mail.ses.ts',
  ]);
  const direct: readonly (readonly [name: string, pattern: RegExp])[] = [
    ['clock', /\bDate\.now\b|\bnew Date\(\s*\)|\bperformance\./],
    ['chance', /\bMath\.random\b|\brandomUUID\b|\brandomBytes\b|\brandomInt\b|\bgetRandomValues\b/],
    ['timer', /\bsetTimeout\b|\bsetInterval\b|\bsetImmediate\b|\bnode:timers/],
    ['network', /\bfetch\(|\bnode:(?:https?|net|tls|dns|dgram)\b/],
    ['files', /\bnode:(?:fs|child_process|worker_threads)\b/],
    ['environment', /\bprocess\./],
    ['output', /\bconsole\./],
  ];

  it('are touched by files that exist', () => expect([...edges].filter((file) => !exists(file))).toEqual([]));

  it.each(files.filter((file) => !edges.has(file)))('%s has them from its ports', (file) => {
    const code = codeOf(file);
    expect(direct.filter(([, pattern]) => pattern.test(code)).map(([name]) => name)).toEqual([]);
  });
});

describe('a function', () => {
  const entries = files.filter((file) => /\.(handler|api)\.ts$/.test(file));

  it.each(entries)('%s exports its handler only, and is wired by its compose', (file) => {
    const exported = [...codeOf(file).matchAll(/^export\s+(?:const|function|type|class|\{)\s*(\w+)/gm)];
    expect(exported.map(([, name]) => name)).toEqual(['handler']);
    expect(codeOf(file)).toMatch(/^export const handler = (lambda|streamingLambda)\(compose, \{/m);
    const compose = file.replace(/\.(handler|api)\.ts$/, '.compose.ts');
    expect(codeOf(file)).toContain(`import { compose } from './${basename(compose)}';`);
    expect(codeOf(compose)).toMatch(/^export const compose = \(/m);
  });

  it('has no compose without an entry', () => {
    const entryOf = (file: string, role: string): string => file.replace(/compose\.ts$/, `${role}.ts`);
    const unused = files.filter((file) => file.endsWith('.compose.ts'));
    expect(unused.filter((file) => !['handler', 'api'].some((role) => exists(entryOf(file, role))))).toEqual([]);
  });
});

describe('the prefixes of shared keys', () => {
  it.each(files.filter((file) => file !== 'functions/kernel/keys.ts'))('are not written in %s', (file) => {
    expect(codeOf(file)).not.toMatch(/\b(ORDER|CAR|DRIVER)#/);
  });

  it('are written in the kernel', () => expect(textOf('functions/kernel/keys.ts')).toMatch(/ORDER#[\s\S]*/));
});
