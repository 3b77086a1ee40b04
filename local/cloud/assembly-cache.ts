/** Builds the bundles and synthesizes stage `local`, unless the same sources were built before. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

const SOURCES = [
  'functions/**/*',
  'events/**/*',
  'lib/**/*',
  'bin/app.ts',
  'build.ts',
  'cdk.json',
  'package-lock.json',
];
const KEPT = 3;

const hashOf = (root: string): string => {
  const hash = createHash('sha256');
  for (const path of globSync(SOURCES, { cwd: root }).toSorted()) {
    const file = join(root, path);
    if (statSync(file).isFile()) hash.update(path).update('\0').update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex').slice(0, 16);
};

const run = (root: string, script: string, variables: Readonly<Record<string, string>>): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script], {
      cwd: root,
      env: { ...process.env, ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const keep = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', reject);
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${script} failed:\n${output}`))));
  });

const mark = 'used-by-';

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

const isInUse = (assembly: string): boolean =>
  readdirSync(assembly).some((name) => name.startsWith(mark) && isAlive(Number(name.slice(mark.length))));

/** Functions are loaded with their first call, which may be hours after the start: what a living stack uses stays. */
export const dropOld = (folder: string): void => {
  const byAge = readdirSync(folder)
    .map((name) => ({ name, at: statSync(join(folder, name)).mtimeMs }))
    .toSorted((left, right) => right.at - left.at);
  for (const { name } of byAge.slice(KEPT))
    if (!isInUse(join(folder, name))) rmSync(join(folder, name), { recursive: true, force: true });
};

/** @returns the folder of the cloud assembly of the sources as they are now */
export const builtAssembly = async (root: string, say: (line: string) => void): Promise<string> => {
  const cache = join(root, '.tuntas', 'assemblies');
  const folder = join(cache, hashOf(root));
  if (existsSync(folder)) {
    writeFileSync(join(folder, mark + process.pid), '');
    utimesSync(folder, new Date(), new Date());
    return folder;
  }
  say('Building the functions and the template ...');
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  writeFileSync(join(unfinished, mark + process.pid), '');
  // What the template validation finds is for `npm run synth`; here it would cost seconds.
  await run(root, 'bin/app.ts', {
    CDK_OUTDIR: unfinished,
    CDK_CONTEXT_JSON: JSON.stringify({ stage: 'local' }),
    CDK_VALIDATION: 'false',
  });
  if (existsSync(folder)) rmSync(unfinished, { recursive: true });
  else renameSync(unfinished, folder);
  dropOld(cache);
  return folder;
};
