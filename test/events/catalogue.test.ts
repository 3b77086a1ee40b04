/** The catalogue has every declared event, each is made by some rule, and what is published of it is up to date. */
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../events/catalogue.ts';
import type { EventDeclaration } from '../../events/event.ts';
import { published } from '../../events/publish.ts';
import { lineOf } from '../../functions/platform/story.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

/** Files of events/ that declare nothing. */
const machinery = ['catalogue', 'event', 'fields', 'publish'];
const modules = globSync('events/*.ts', { cwd: root }).filter((file) => !machinery.includes(basename(file, '.ts')));
const declared = (
  await Promise.all(
    modules.map(async (file) => Object.entries((await import(join(root, file))) as Record<string, EventDeclaration>)),
  )
).flat();

describe('the event catalogue', () => {
  it.each([...published()])('%s is as `npm run events` makes it', (file, content) => {
    expect(read(file)).toBe(content);
  });

  it('has every declared event, once: a new event is its declaration', () => {
    expect(catalogue.map(({ type }) => type).toSorted()).toEqual(declared.map(([, { type }]) => type).toSorted());
    expect(new Set(catalogue.map(({ type }) => type)).size).toBe(catalogue.length);
  });

  it('has no event that no rule makes', () => {
    // Workers read events, everything else that imports a declaration makes facts by it.
    const sources = globSync('functions/**/*.ts', { cwd: root }).map(read);
    const makers = sources.filter((source) => !source.includes('anyOf('));
    const code = makers.map((source) => source.replaceAll(/^import [^;]*;$/gm, '')).join('\n');
    const unused = declared.filter(([name]) => !new RegExp(`\\b${name}\\b`).test(code));
    expect(unused.map(([name]) => name)).toEqual([]);
  });

  it('gives each aggregate one source and one id, which each of its events has', () => {
    const facts = catalogue.map(({ of: { aggregate, source, id } }) => `${aggregate} ${source} ${id}`);
    expect(new Set(facts).size).toBe(new Set(catalogue.map(({ of }) => of.aggregate)).size);
    for (const { of } of catalogue) expect(Object.keys(of.fields)).toContain(of.id);
  });

  it('[GNT-6] gives the events of different aggregates of one order different lines in its story', () => {
    const orderId = 'TNT-20261121-0000042';
    const refOf = { RIDE: orderId, EZPAY: orderId, ORDER: orderId, PAYMENT: `${orderId}-1795232640` };
    const ofOrder = catalogue.filter(({ of }) => of.aggregate in refOf);
    const byLine = Object.groupBy(ofOrder, ({ type, of: { source, aggregate } }) => {
      const id = `${refOf[aggregate as keyof typeof refOf]}/${aggregate}/2`;
      return String(lineOf(`ORDER#${orderId}`, { source, type, id, version: 2, at: '' }).sk?.S);
    });
    const shared = Object.values(byLine).filter((all = []) => new Set(all.map(({ of }) => of.aggregate)).size > 1);
    expect(ofOrder.length).toBeGreaterThan(35);
    expect(shared).toEqual([]);
  });

  it('names the same schemas that are in events/schemas', () => {
    const files = globSync('events/schemas/*.json', { cwd: root }).toSorted();
    expect(files).toEqual(catalogue.map(({ type }) => `events/schemas/${type}.json`).toSorted());
  });
});
