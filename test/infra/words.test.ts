/** One word for one thing, and the field's word: what docs/glossary.md replaces is written nowhere in the code. */
import { describe, expect, it } from 'vitest';
import { filesOf, namesOf, proseOf } from './sources.ts';

const files = filesOf('{functions,local,lib,bin,client,events}/**/*.{ts,mjs}');

/** Not part of any name. */
const notInNames = new Set(
  [
    'anew anothers asked beside door doors fruitless he hear heard hearing hears him his house inhand isback patience',
    'quiet said seldom somebody somewhere tell telling tells told untold untolds whoever wishes',
  ].flatMap((line) => line.split(' ')),
);
/** Stored, published or typed by people: names that cannot change any more. */
const published = new Set([
  ...['askedAt', 'beside', 'fruitless', 'heardAt', 'quiet', 'said'],
  // The event `ezpay.driver-asked`, and the notice of it.
  ...['ezpayDriverAsked', 'EzPayDriverAsked', 'EZPAY_DRIVER_ASKED'],
]);

/** Not written in comments and texts either. */
const idioms: readonly RegExp[] = [
  /\b(anew|beside|somebody|somewhere|untold|whoever)\b/i,
  /\b(he|him|himself|his)\b/i,
  /\b(hears?|heard|said|told)\b/i,
  /\b(all the same|by itself|for good|goes on|in vain|of (its|their) own|out of reach|word of)\b/i,
  /'s word\b/,
  /(?<!\bthere )\b(is|are) no\b(?! longer)/i,
  /\bstands\b(?! for)/i,
];

const wordsOf = (name: string): readonly string[] =>
  (name.match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g) ?? []).map((word) => word.toLowerCase());
const isUnusual = (name: string): boolean => !published.has(name) && wordsOf(name).some((word) => notInNames.has(word));

/** As keys and values. */
const withoutPublished = (line: string): string =>
  [...published].reduce(
    (text, name) => text.replaceAll(new RegExp(`\\b${name}\\b\\??:|\\.${name}\\b|'${name}'`, 'g'), ''),
    line,
  );

const found = (read: (file: string) => string, wrong: (line: string) => readonly string[]): readonly string[] =>
  files.flatMap((file) =>
    read(file)
      .split('\n')
      .flatMap((line, i) => wrong(line).map((word) => `${file}:${i + 1} ${word}`)),
  );

describe('the words of the code', () => {
  it('make no name of a word that docs/glossary.md replaces', () => {
    expect(found(namesOf, (line) => (line.match(/[A-Za-z]\w*/g) ?? []).filter(isUnusual))).toEqual([]);
  });

  it('are plain in comments and texts', () => {
    const idiomsIn = (line: string): readonly string[] =>
      idioms.flatMap((idiom) => withoutPublished(line).match(idiom)?.slice(0, 1) ?? []);
    expect(found(proseOf, idiomsIn)).toEqual([]);
  });
});
