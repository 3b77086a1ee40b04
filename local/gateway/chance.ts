// Chance that repeats: a draw depends on the seed and on what it is for, never on the order in which requests happen to arrive.
import { createHash } from 'node:crypto';

export type Chance = {
  /** 0 ≤ x < 1. */
  readonly fraction: () => number;
  /** A whole number, both ends included. */
  readonly integer: (least: number, most: number) => number;
  readonly digits: (count: number) => string;
  readonly uuid: () => string;
  readonly shuffled: <T>(items: readonly T[]) => T[];
};

/** `label` names what is drawn for: the same seed and label give the same draws. */
export type Chances = (label: string) => Chance;

const UUID_SHAPE = 'xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx';

export const chances =
  (seed: number | string): Chances =>
  (label) => {
    // mulberry32
    let state = createHash('sha256').update(`${seed}/${label}`).digest().readUInt32BE(0);
    const fraction = (): number => {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    };
    const integer = (least: number, most: number): number => least + Math.floor(fraction() * (most - least + 1));
    return {
      fraction,
      integer,
      digits: (count) => Array.from({ length: count }, () => integer(0, 9)).join(''),
      uuid: () => UUID_SHAPE.replaceAll('x', () => integer(0, 15).toString(16)),
      shuffled: (items) =>
        items
          .map((item) => ({ item, rank: fraction() }))
          .sort((a, b) => a.rank - b.rank)
          .map(({ item }) => item),
    };
  };
