/** The guide of customer support quotes what customers and drivers read. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codes, notices, textOf } from '../../functions/ezpay/texts.ts';

const guide = readFileSync(join(import.meta.dirname, '../../docs/support.md'), 'utf8');
const rows = guide.split('\n').filter((line) => /^\| `[A-Z_]+` \|/.test(line));

describe('[EZP-6] the guide of customer support', () => {
  it('has a row for each code and for no other', () => {
    expect(rows.map((row) => row.match(/^\| `([A-Z_]+)`/)?.[1])).toEqual(codes);
  });

  it.each(codes)('quotes %s exactly, its actions in their order', (code) => {
    const { message, actions } = textOf(code);
    const row = rows.find((line) => line.startsWith(`| \`${code}\``)) ?? '';
    expect(row).toContain(
      `| ${message.id} / ${message.en} | ${actions.map(({ id, en }) => `${id} / ${en}`).join(' · ')} |`,
    );
  });

  it.each(Object.entries(notices))('quotes the notice of an open order: %s', (_, { id, en }) => {
    expect(guide).toContain(id);
    expect(guide).toContain(en);
  });
});
