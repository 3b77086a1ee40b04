/** Writes what `events/publish.ts` makes of the catalogue. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { published } from '../events/publish.ts';

for (const [path, content] of published()) {
  const file = join(import.meta.dirname, '..', path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
}
