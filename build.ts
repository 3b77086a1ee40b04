/** Bundles every Lambda entry (`*.handler.ts`, `*.api.ts`) in one run and holds each bundle to its size budget. */
import { glob, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';

export const root = import.meta.dirname;
export const outdir = join(root, 'build');
/** A larger bundle starts too slowly: the SDK alone is 324 KB and 70 ms of a cold start. */
export const budget = 420 * 1024;

export type Bundle = { readonly name: string; readonly entry: string; readonly bytes: number; readonly gzip: number };

/** `functions/payments/notifications/webhook.handler.ts` is `payments-webhook`, `….api.ts` is `payments-api`. */
export const bundleOf = (entry: string): string => {
  const [, context, ...path] = entry.split('/');
  const name = (path.at(-1) as string).replace(/^.*\.api\.ts$/, 'api').replace(/\.handler\.ts$/, '');
  return `${context}-${name}`;
};

export const entries = async (): Promise<readonly string[]> => {
  const found = await Array.fromAsync(glob('functions/**/*.{handler,api}.ts', { cwd: root }));
  return found.toSorted();
};

// An ESM import of a builtin reads all its exports, lazy getters too (node:http loads undici: 45 ms); this reads none.
const builtin = new Set(builtinModules);
const builtins: Plugin = {
  name: 'builtins',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^(node:)?[a-z_/0-9]+$/ }, ({ path }) => {
      const name = path.replace(/^node:/, '');
      return builtin.has(name) || path.startsWith('node:') ? { path: `node:${name}`, namespace: 'builtin' } : undefined;
    });
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)})`,
    }));
  },
};

// The SDK imports its package.json for the version alone; the rest of it is 10 KB in each bundle.
const versions: Plugin = {
  name: 'versions',
  setup: ({ onLoad }) => {
    onLoad({ filter: /@aws-sdk[/\\][^/\\]+[/\\]package\.json$/ }, async ({ path }) => {
      const { version } = JSON.parse(await readFile(path, 'utf8')) as { readonly version: string };
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
  },
};

// Lambda puts the credentials into the environment. The SDK's chain behind that (SSO, STS …) is 130 KB never run.
const credentials: Plugin = {
  name: 'credentials',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, ({ path }) => ({ path, namespace: 'credentials' }));
    onLoad({ filter: /.*/, namespace: 'credentials' }, () => ({
      contents: `export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';`,
      resolveDir: root,
    }));
  },
};

// `import('./x.ts')` becomes a file next to the bundle: inside, its modules would be wrapped and slow down every start.
const fileOf = (module: string): string => basename(module).replace(/\.ts$/, '.mjs');
const loadedLater = new Map<string, string>();
const later: Plugin = {
  name: 'later',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^\.\.?\// }, ({ kind, path, resolveDir }) => {
      if (kind !== 'dynamic-import') return undefined;
      loadedLater.set(`./${fileOf(path)}`, join(resolveDir, path));
      return { path: `./${fileOf(path)}`, external: true };
    });
  },
};

/** How every bundle is made; benchmarks build their comparison the same way. */
export const settings = {
  absWorkingDir: root,
  bundle: true,
  write: false,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  mainFields: ['module', 'main'],
  outExtension: { '.js': '.mjs' },
  minify: true,
  legalComments: 'none',
  // One character beyond ASCII would make V8 hold the whole bundle in two bytes per character.
  charset: 'ascii',
  sourcemap: 'linked',
  sourcesContent: false,
  metafile: true,
  logLevel: 'warning',
  plugins: [builtins, versions, credentials, later],
} satisfies BuildOptions & { readonly write: false; readonly metafile: true };

/** Bundles all entries into `build/<context>-<name>/index.mjs`. The same sources give the same bytes. */
export const buildAll = async (): Promise<readonly Bundle[]> => {
  const all = await entries();
  const { metafile, outputFiles } = await build({
    ...settings,
    entryPoints: all.map((entry) => ({ in: entry, out: `${bundleOf(entry)}/index` })),
    outdir,
  });
  const loaded = await build({ ...settings, entryPoints: loadedBy(metafile), outdir });
  const names = new Set(all.map(bundleOf));
  await mkdir(outdir, { recursive: true });
  const stale = (await readdir(outdir)).filter((name) => !names.has(name) && name !== 'meta.json');
  await Promise.all(stale.map((name) => rm(join(outdir, name), { recursive: true })));
  await Promise.all([...outputFiles, ...loaded.outputFiles].map(({ path, contents }) => write(path, contents)));
  await write(join(outdir, 'meta.json'), Buffer.from(JSON.stringify(metafile)));
  await writeOpenApi();
  return outputFiles
    .filter(({ path }) => path.endsWith('.mjs'))
    .map(({ path, contents }) => {
      const name = basename(dirname(path));
      return {
        name,
        entry: all.find((entry) => bundleOf(entry) === name) as string,
        bytes: contents.length,
        gzip: gzipSync(contents).length,
      };
    })
    .toSorted((a, b) => b.bytes - a.bytes);
};

/** The files that bundles load later, one next to each bundle that does. */
const loadedBy = ({ outputs }: Metafile): { readonly in: string; readonly out: string }[] =>
  Object.entries(outputs).flatMap(([output, { imports }]) =>
    imports.flatMap(({ kind, path }) => {
      const source = loadedLater.get(path);
      return kind === 'dynamic-import' && source
        ? [{ in: source, out: join(basename(dirname(output)), path.replace(/\.mjs$/, '')) }]
        : [];
    }),
  );

/** Whole or not at all, and only when it changed: a running host may be reading the file. */
const write = async (path: string, contents: Uint8Array): Promise<void> => {
  const before = await readFile(path).catch(() => undefined);
  if (before?.equals(contents)) return;
  const unfinished = `${path}.${process.pid}`;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(unfinished, contents);
  await rename(unfinished, path);
};

/** The description of the HTTP API is next to the bundle that serves it. */
const writeOpenApi = async (): Promise<void> => {
  const { openApi } = (await import(pathToFileURL(join(root, 'lib/openapi.ts')).href)) as { openApi: () => object };
  await write(join(outdir, 'ops-api', 'openapi.json'), Buffer.from(JSON.stringify(openApi())));
};

const kb = (bytes: number): string => (bytes / 1024).toFixed(1).padStart(8);

if (import.meta.main) {
  const started = performance.now();
  const bundles = await buildAll();
  console.log(`${'bundle'.padEnd(22)}${'KB'.padStart(8)}${'gzip KB'.padStart(9)}`);
  for (const { name, bytes, gzip } of bundles) console.log(`${name.padEnd(22)}${kb(bytes)} ${kb(gzip)}`);
  console.log(
    `${bundles.length} bundles in ${((performance.now() - started) / 1000).toFixed(1)} s, in ` +
      `${relative(process.cwd(), outdir) || '.'}/`,
  );
  const over = bundles.filter(({ bytes }) => bytes > budget);
  for (const { name, bytes } of over)
    console.error(
      `${name} is ${kb(bytes).trim()} KB, the budget is ${kb(budget).trim()} KB: see build/meta.json for what is in it`,
    );
  if (over.length > 0) process.exitCode = 1;
}
