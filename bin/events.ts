/** Writes what `events/publish.ts` makes of the catalogue; a sample that exists is left as it is. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { firstSamples, published } from '../events/publish.ts';

const root = join(import.meta.dirname, '..');

const write = async (path: string, content: string, flag: 'w' | 'wx'): Promise<void> => {
  const file = join(root, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content, { flag }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
};

for (const [path, content] of published()) await write(path, content, 'w');
for (const [path, content] of firstSamples()) await write(path, content, 'wx');
