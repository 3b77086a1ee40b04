/** Runs a script under Node 24 with everything installed. Plain JavaScript: an older Node starts it. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const wanted = 24;
const node24 = join(root, 'node_modules', 'node', 'bin', 'node');

const packagesOf = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;

/** Whether node_modules holds what the lockfile says; optional packages of other platforms do not count. */
const isInstalled = () => {
  const installedFile = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedFile)) return false;
  const installed = packagesOf(installedFile);
  return Object.entries(packagesOf(join(root, 'package-lock.json'))).every(
    ([path, { version, optional }]) =>
      path === '' || (installed[path] ? installed[path].version === version : optional),
  );
};

const install = () => {
  console.error('Installing the dependencies (once, about a minute) ...');
  const npm = process.env.npm_execpath;
  const command = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status, error } =
    npm && /\.c?js$/.test(npm)
      ? spawnSync(process.execPath, [npm, ...command], { cwd: root, stdio: 'inherit' })
      : spawnSync('npm', command, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' });
  if (status !== 0) throw new Error(`npm ci failed${error ? `: ${error.message}` : ''}`);
};

const major = (version) => Number(version.replace(/^v/, '').split('.')[0]);

/**
 * Installs what is missing, then runs `script` under Node 24: in this process, or in a child that gets its signals.
 * @param {string} script path, relative to the project
 * @param {readonly string[]} args
 */
export const runWithNode = async (script, args) => {
  if (!isInstalled()) install();
  const path = resolve(root, script);
  if (major(process.version) >= wanted) {
    process.argv = [process.execPath, path, ...args];
    await import(pathToFileURL(path).href);
    return;
  }
  if (!existsSync(node24))
    throw new Error(
      `Node ${wanted} is needed, this is ${process.version} and the package "node" could not be installed`,
    );
  const child = spawn(node24, [path, ...args], {
    stdio: 'inherit',
    env: { ...process.env, PATH: `${dirname(node24)}:${process.env.PATH}` },
  });
  // Ctrl-C reaches both; the child ends first, and its end is ours.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 143);
  });
};

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [script, ...args] = process.argv.slice(2);
  await runWithNode(script, args).catch(({ message }) => {
    console.error(message);
    process.exitCode = 1;
  });
}
