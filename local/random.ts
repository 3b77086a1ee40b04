/** A seeded source of chance (mulberry32), so that what it drew can be drawn again. */
export type Random = ReturnType<typeof seeded>;

export const seeded = (seed: number) => {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  /** A whole number from 0 to `limit` - 1. */
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    below,
    chance: (probability: number): boolean => next() < probability,
    pick: <T>(from: readonly T[]): T => from[below(from.length)] as T,
  };
};

/** A separate source for each name under one seed: draws of one do not change the others. */
export const seededFor = (seed: number, ...names: readonly (string | number)[]): Random => {
  let mixed = (seed ^ 0x811c9dc5) >>> 0;
  for (const char of names.join('/')) mixed = Math.imul(mixed ^ char.charCodeAt(0), 0x01000193) >>> 0;
  return seeded(mixed);
};

/** From `low` up to `high`, every value alike. */
export const between = ({ below }: Random, low: number, high: number): number =>
  low + ((high - low) * below(2 ** 32)) / 2 ** 32;

/** Waiting times of what happens at any moment alike. */
export const exponential = (random: Random, mean: number): number => -mean * Math.log(1 - between(random, 0, 1));

export const normal = (random: Random, mean: number, deviation: number): number =>
  mean +
  deviation * Math.sqrt(-2 * Math.log(1 - between(random, 0, 1))) * Math.cos(2 * Math.PI * between(random, 0, 1));

/** Half of the values are below `median`; the larger `sigma`, the longer the tail. */
export const logNormal = (random: Random, median: number, sigma: number): number =>
  median * Math.exp(normal(random, 0, sigma));

/** A heavy tail: of the values, the share (`shortest` / x) ^ `tail` exceeds x; cut at `longest`. */
export const pareto = (random: Random, shortest: number, tail: number, longest: number): number =>
  Math.min(longest, shortest / (1 - between(random, 0, 1)) ** (1 / tail));
