/** `npm start`: installs what is missing and runs start.ts under Node 24. Plain JavaScript, for whatever Node the machine has. */
import { runWithNode } from '../bin/with-node.mjs';

// Where an older Node starts a newer one, the newer one must not outlive it.
process.env.TUNTAS_STARTED_BY = String(process.pid);
try {
  await runWithNode('local/start.ts', process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
