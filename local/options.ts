/** The command line of `npm start`. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

export const usage = `Usage: npm start -- [options]
  --port N         port of the HTTP API (default 4000, or a free one)
  --fresh          forget the state of earlier runs
  --memory         keep nothing: files on the memory file system, removed at the end
  --state DIR      where state is kept (default .tuntas)
  --ready-file F   write addresses, tables and queues as JSON when ready
  --quiet          print nothing but errors
  --help           this text`;

export type StartOptions = ReturnType<typeof parseOptions>;

const portOf = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`--port ${text}: a number from 0 to 65535 is expected`);
  return port;
};

/** @throws with what is wrong and the remedy */
export const parseOptions = (argv: readonly string[], cwd: string, root: string) => {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      port: { type: 'string' },
      fresh: { type: 'boolean', default: false },
      memory: { type: 'boolean', default: false },
      state: { type: 'string' },
      'ready-file': { type: 'string' },
      quiet: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const { port, state, 'ready-file': readyFile, ...flags } = values;
  const directory = state === undefined ? resolve(root, '.tuntas') : resolve(cwd, state);
  return {
    ...flags,
    port: portOf(port),
    directory,
    /** Where the addresses are written when ready, for those who wait for them. */
    readyFile: readyFile === undefined ? undefined : resolve(cwd, readyFile),
    /** The same in the state directory, where the command line looks for a running stack. */
    ownReadyFile: flags.memory ? undefined : resolve(directory, 'ready.json'),
  };
};
