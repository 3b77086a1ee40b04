#!/usr/bin/env node
/** `npx tuntas`: runs tuntas.ts under Node 24, whatever Node the machine has. */
import { runWithNode } from './with-node.mjs';

try {
  await runWithNode('bin/tuntas.ts', process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
