/** Assemblies of earlier sources are dropped, but none that a running stack may still load a function from. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { dropOld } from '../../../local/cloud/assembly-cache.ts';

/** Beyond the largest process id of Linux. */
const noProcess = 2 ** 22 + 1;

it('keeps the newest three, and those in use', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tuntas-assemblies-'));
  const assembly = (name: string, age: number, usedBy?: number): void => {
    mkdirSync(join(folder, name));
    if (usedBy !== undefined) writeFileSync(join(folder, name, `used-by-${usedBy}`), '');
    const at = new Date(Date.now() - age * 60_000);
    utimesSync(join(folder, name), at, at);
  };
  assembly('in-use', 9, process.pid);
  assembly('was-used', 8, noProcess);
  assembly('old', 7);
  for (const age of [1, 2, 3]) assembly(`new-${age}`, age);
  dropOld(folder);
  expect(readdirSync(folder).toSorted()).toEqual(['in-use', 'new-1', 'new-2', 'new-3']);
  rmSync(folder, { recursive: true });
});
