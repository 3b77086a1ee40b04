/** A frozen sample of each published event: what was once published can still be read. Samples are never edited. */
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { catalogue } from '../../events/catalogue.ts';
import { firstSamples } from '../../events/publish.ts';

const root = join(import.meta.dirname, '..', '..');
const samples = globSync('events/samples/*.json', { cwd: root }).map(
  (file) => [basename(file, '.json'), file] as const,
);

describe('the frozen sample', () => {
  it.each(samples)('of %s can be read, whole', (type, file) => {
    const sample: unknown = JSON.parse(readFileSync(join(root, file), 'utf8'));
    const entry = catalogue.find((one) => one.type === type);
    expect(entry && z.parse(entry.schema, sample)).toEqual(sample);
  });

  it('exists for every event, and for no other', () => {
    expect(samples.map(([type]) => type).toSorted()).toEqual(catalogue.map(({ type }) => type).toSorted());
  });

  it('is not written again once it exists', () => {
    const first = firstSamples();
    expect([...first.keys()].toSorted()).toEqual(samples.map(([, file]) => file).toSorted());
    const script = readFileSync(join(root, 'bin/events.ts'), 'utf8');
    expect(script).toContain("of firstSamples()) await write(path, content, 'wx')");
  });
});
