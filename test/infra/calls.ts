/** What each function calls of AWS, read from its bundle: every call that tree shaking left in, with its file. */
import { globSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { build, type Metafile, type OutputFile } from 'esbuild';
import { bundleOf, entries, outdir, root, settings } from '../../build.ts';

export type Call = { readonly file: string; readonly operation: string; readonly index: string | undefined };

type EntryPoint = { readonly in: string; readonly out: string };
const readable = (entryPoints: readonly EntryPoint[]) =>
  build({ ...settings, minify: false, sourcemap: false, entryPoints: [...entryPoints], outdir });

/** The text up to the bracket that closes the first one. */
const enclosed = (text: string): string => {
  let depth = 0;
  for (let i = 0; i < text.length; i += 1) {
    if (text[i] === '(') depth += 1;
    if (text[i] === ')') depth -= 1;
    if (depth === 0 && i > 0) return text.slice(0, i + 1);
  }
  return text;
};

/** Of a transaction, what it is made of: the permissions are those of its parts. */
const parts = (body: string): readonly string[] =>
  ['Put', 'Update', 'Delete', 'ConditionCheck']
    .filter((kind) => new RegExp(`\\b${kind}: `).test(body))
    .map((kind) => `${kind}Item`);

/** A port is called where it is used; its client is the same in every bundle. */
const clients =
  /^functions\/platform\/(dynamo|http-\w+|lambda|queues\.\w+|bus\.\w+|post-to-connection|secret\.client)\.ts$/;
const ports: readonly (readonly [call: RegExp, operation: string])[] = [
  [/(?:\bqueues\d*\.|(?<![.\w]))send\d*(?:All)?\(\s*\w*[uU]rl\b/g, 'SendMessage'],
  [/\bqueues\d*\.delay\(/g, 'ChangeMessageVisibility'],
  [/(?<![.\w])bus\d*\(/g, 'PutEvents'],
  [/(?<![.\w])postToConnection\d*\(/g, 'PostToConnection'],
  [/(?<![.\w])readSecret\d*\(/g, 'GetSecretValue'],
];

const indexOf = (call: string): string | undefined => /IndexName: "(\w+)"/.exec(call)?.[1];

const callsIn = (file: string, body: string): readonly Call[] => {
  if (clients.test(file)) return [];
  const commands = [
    ...body.matchAll(/(?:new (\w+?)Command\d*|(?<![.\w])query(?:Pages|All)\d*|\bpaginate(Query|Scan)\d*)(?=\()/g),
  ];
  const direct = commands.flatMap(({ 0: whole, 1: command, 2: paged = 'Query', index: at }) => {
    const index = indexOf(enclosed(body.slice(at + whole.length)));
    const operation = command ?? paged;
    const operations = operation === 'TransactWriteItems' ? parts(body) : [operation];
    return operations.map((one) => ({ file, operation: one, index }));
  });
  const byPort = ports.flatMap(([call, operation]) =>
    [...body.matchAll(call)].map(() => ({ file, operation, index: undefined })),
  );
  return [...direct, ...byPort];
};

/** esbuild writes the path of each module above what is left of it. */
const callsOf = (text: string): readonly Call[] => {
  const [, ...sections] = text.split(/^\/\/ (\S+\/\S+)$/m);
  return sections.flatMap((file, i) =>
    i % 2 === 0 && file.startsWith('functions/') ? callsIn(file, sections[i + 1] as string) : [],
  );
};

const loadedLater = ({ outputs }: Metafile, bundle: string): readonly string[] =>
  (outputs[`build/${bundle}/index.mjs`]?.imports ?? [])
    .filter(({ kind }) => kind === 'dynamic-import')
    .map(({ path }) => path);

const nameOf = ({ path }: OutputFile): string => basename(dirname(path));

/** By the name of the bundle. */
export const calls = async (): Promise<ReadonlyMap<string, readonly Call[]>> => {
  const { outputFiles, metafile } = await readable(
    (await entries()).map((entry) => ({ in: entry, out: `${bundleOf(entry)}/index` })),
  );
  const later = [...new Set(outputFiles.flatMap((file) => loadedLater(metafile, nameOf(file))))];
  const sources = later.map((path) => {
    const [source, ...others] = globSync(`functions/**/${basename(path, '.mjs')}.ts`, { cwd: root });
    if (!source || others.length > 0) throw new Error(`${path} is loaded later: which file is it?`);
    return { in: source, out: `later/${basename(path, '.mjs')}` };
  });
  const { outputFiles: loaded } = await readable(sources);
  const callsLater = new Map(loaded.map(({ path, text }) => [`./${basename(path)}`, callsOf(text)]));
  return new Map(
    outputFiles.map((file) => [
      nameOf(file),
      [...callsOf(file.text), ...loadedLater(metafile, nameOf(file)).flatMap((path) => callsLater.get(path) ?? [])],
    ]),
  );
};
