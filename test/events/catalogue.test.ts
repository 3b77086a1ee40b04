/** The published schemas and the page are what the catalogue says, and the catalogue has every event the code makes. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../events/catalogue.ts';
import { published } from '../../events/publish.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

describe('the event catalogue', () => {
  it.each([...published()])('%s is as `npm run events` makes it', (file, content) => {
    expect(read(file)).toBe(content);
  });

  it('has every event a decider makes, and no other', () => {
    const made = globSync('functions/**/*.{decider,facts}.ts', { cwd: root }).flatMap((file) =>
      [
        ...read(file).matchAll(/'((?:ride|dispatch|driver|car|argo|ezpay|order|payment|refund|chargeback)\.[a-z-]+)'/g),
      ].map(([, type]) => type as string),
    );
    expect(new Set(catalogue.map(({ type }) => type))).toEqual(new Set(made));
  });

  it('names the same schemas that lie in events/schemas', () => {
    const files = globSync('events/schemas/*.json', { cwd: root }).toSorted();
    expect(files).toEqual(catalogue.map(({ type }) => `events/schemas/${type}.json`).toSorted());
  });
});
