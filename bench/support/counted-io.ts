/** Counts the I/O of a function in one call, in a separate process, by Node's record of asynchronous resources. */
import { createHook } from 'node:async_hooks';
import { fork } from 'node:child_process';
import { loaded } from './own-bundle.ts';

/** Resource by name: `HTTPCLIENTREQUEST`, `TCPCONNECTWRAP`, `FSREQCALLBACK`, … */
export type Counted = { readonly statusCode: number; readonly resources: Readonly<Record<string, number>> };

/** Work inside the process. */
const inside = /^(PROMISE|TickObject|Microtask|Timeout|Immediate|RANDOMBYTESREQUEST|HASHREQUEST)$/;

/** The calls of one process, one after another, each counted. */
export const countIo = (
  file: string,
  environment: Readonly<Record<string, string>>,
  events: readonly object[],
): Promise<readonly Counted[]> =>
  new Promise((resolve, reject) => {
    const child = fork(import.meta.filename, [], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { ...process.env, ...environment },
    });
    child.once('message', (counted) => resolve(counted as readonly Counted[]));
    child.once('exit', (code) => reject(new Error(`the counted function ended with ${code}`)));
    child.send({ file, events });
  });

if (import.meta.main)
  process.once('message', async (message) => {
    const { file, events } = message as { readonly file: string; readonly events: readonly object[] };
    const handler = await loaded<object, { readonly statusCode: number }>(file, {});
    let resources: Record<string, number> = {};
    const hook = createHook({
      init: (_id, type) => {
        if (!inside.test(type)) resources[type] = (resources[type] ?? 0) + 1;
      },
    });
    const counted: Counted[] = [];
    for (const event of events) {
      resources = {};
      hook.enable();
      const { statusCode } = await handler(event);
      hook.disable();
      counted.push({ statusCode, resources });
    }
    process.send?.(counted, () => process.exit());
  });
