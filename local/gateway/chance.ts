/** Chance that repeats: a draw depends on the seed and its purpose, never on the order in which requests arrive. */
import { createHash } from 'node:crypto';
import { between, seeded } from '../random.ts';

const uuidShape = 'xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx';

/** `label` names what is drawn for: the same seed and label give the same draws. */
export const chances = (seed: number | string) => (label: string) => {
  const random = seeded(createHash('sha256').update(`${seed}/${label}`).digest().readUInt32BE(0));
  /** A whole number, both ends included. */
  const integer = (least: number, most: number): number => least + random.below(most - least + 1);
  return {
    /** 0 ≤ x < 1. */
    fraction: (): number => between(random, 0, 1),
    integer,
    digits: (count: number): string => Array.from({ length: count }, () => random.below(10)).join(''),
    uuid: (): string => uuidShape.replaceAll('x', () => random.below(16).toString(16)),
    shuffled: <T>(items: readonly T[]): T[] =>
      items
        .map((item) => ({ item, rank: random.below(2 ** 32) }))
        .sort((a, b) => a.rank - b.rank)
        .map(({ item }) => item),
  };
};
export type Chances = ReturnType<typeof chances>;
export type Chance = ReturnType<Chances>;
