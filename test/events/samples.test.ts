/** A frozen sample of each published event: what was once published can still be read. Samples are never edited. */
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { catalogue } from '../../events/catalogue.ts';

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

  it('is there for every event of EzPay, orders and payments', () => {
    const wanted = catalogue
      .filter(({ type }) => /^(argo|car|ezpay|order|payment|refund|chargeback)\./.test(type))
      .map(({ type }) => type);
    expect(samples.map(([type]) => type)).toEqual(expect.arrayContaining(wanted));
  });
});
