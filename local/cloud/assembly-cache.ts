/** Builds the bundles and synthesizes stage `local`, unless the same sources were built before. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const sources = [
  ...['functions/**/*', 'events/**/*', 'lib/**/*'],
  ...['bin/app.ts', 'build.ts', 'cdk.json', 'package-lock.json'],
];
const kept = 3;

const hashOf = (root: string): string => {
  const hash = createHash('sha256');
  for (const path of fs.globSync(sources, { cwd: root }).toSorted()) {
    const file = join(root, path);
    if (fs.statSync(file).isFile()) hash.update(path).update('\0').update(fs.readFileSync(file)).update('\0');
  }
  return hash.digest('hex').slice(0, 16);
};

const run = async (root: string, script: string, variables: Readonly<Record<string, string>>): Promise<void> => {
  const env = { ...process.env, ...variables };
  try {
    await promisify(execFile)(process.execPath, [script], { cwd: root, env, maxBuffer: 100_000_000 });
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout: string; readonly stderr: string };
    throw new Error(`${script} failed:\n${stdout}${stderr}`, { cause: error });
  }
};

const mark = 'used-by-';

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

const isInUse = (assembly: string): boolean =>
  fs.readdirSync(assembly).some((name) => name.startsWith(mark) && isAlive(Number(name.slice(mark.length))));

/** Functions are loaded with their first call, which may be hours after the start: a stack's assembly is kept. */
export const dropOld = (folder: string): void => {
  const byAge = fs
    .readdirSync(folder)
    .map((name) => ({ name, at: fs.statSync(join(folder, name)).mtimeMs }))
    .toSorted((left, right) => right.at - left.at);
  for (const { name } of byAge.slice(kept))
    if (!isInUse(join(folder, name))) fs.rmSync(join(folder, name), { recursive: true, force: true });
};

/** @returns the folder of the cloud assembly of the sources as they are now */
export const builtAssembly = async (root: string, print: (line: string) => void): Promise<string> => {
  const cache = join(root, '.tuntas', 'assemblies');
  const folder = join(cache, hashOf(root));
  if (fs.existsSync(folder)) {
    fs.writeFileSync(join(folder, mark + process.pid), '');
    fs.utimesSync(folder, new Date(), new Date());
    return folder;
  }
  print('Building the functions and the template ...');
  const unfinished = `${folder}.${process.pid}`;
  fs.mkdirSync(unfinished, { recursive: true });
  fs.writeFileSync(join(unfinished, mark + process.pid), '');
  // What the template validation finds is for `npm run synth`; here it would cost seconds.
  await run(root, 'bin/app.ts', {
    CDK_OUTDIR: unfinished,
    CDK_CONTEXT_JSON: JSON.stringify({ stage: 'local' }),
    CDK_VALIDATION: 'false',
  });
  if (fs.existsSync(folder)) fs.rmSync(unfinished, { recursive: true });
  else fs.renameSync(unfinished, folder);
  dropOld(cache);
  return folder;
};
