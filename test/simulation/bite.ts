/** Which laws notice that a protection is missing: the same seeds with and without it. */
import { notYet } from './laws/not-yet.ts';
import type { Blueprint } from './plans.ts';
import { type Play, play } from './play.ts';
import type { Site } from './sabotage.ts';

/** The seeds that every protection is taken out of, those that notice most first. */
export const biteSeeds: readonly Play[] = (
  [
    [1, 'races'],
    [1, 'echoes'],
    [2, 'races'],
    [1, 'chaos'],
    [2, 'echoes'],
    [3, 'races'],
  ] as const
).map(([seed, profile]) => ({ seed, profile, riders: 10, restDays: 1 }));

/** The law that a run breaks without a protection and keeps with it. */
export type Bite = { readonly site: Site; readonly law?: string; readonly seed?: Play };

const breaksOf = async (blueprint: Blueprint, options: Play): Promise<{ laws: Set<string>; sites: Set<Site> }> => {
  const { breaches, world } = await play(blueprint, options);
  return { laws: new Set(breaches.map(({ law }) => law)), sites: new Set(world.sites) };
};

export type Search = {
  /** Gets each result as it comes. */
  readonly onSite?: (bite: Bite) => void;
  /** Only protections like these. */
  readonly only?: RegExp;
  readonly plays?: readonly Play[];
  /** What the seeds break with every protection, kept from an earlier search. */
  readonly whole?: Wholes;
};
export type Wholes = Map<Play, Awaited<ReturnType<typeof breaksOf>>>;

export const bites = async (
  blueprint: Blueprint,
  { onSite = () => undefined, only = /(?:)/, plays = biteSeeds, whole: known = new Map() }: Search = {},
): Promise<readonly Bite[]> => {
  const whole: Wholes = new Map();
  for (const one of plays) whole.set(one, known.get(one) ?? (await breaksOf(blueprint, one)));
  for (const [one, breaks] of whole) known.set(one, breaks);
  const sites = new Set([...whole.values()].flatMap(({ sites: met }) => [...met]));
  const found: Bite[] = [];
  for (const site of [...sites].filter((one) => only.test(one)).sort()) {
    const bite = await biteOf(blueprint, site, whole);
    onSite(bite);
    found.push(bite);
  }
  return found;
};

type Whole = ReadonlyMap<Play, { readonly laws: ReadonlySet<string>; readonly sites: ReadonlySet<Site> }>;

/** A law that any of the seeds breaks anyway proves nothing. */
const biteOf = async (blueprint: Blueprint, site: Site, whole: Whole): Promise<Bite> => {
  const known = new Set([...notYet, ...[...whole.values()].flatMap(({ laws }) => [...laws])]);
  for (const [options, { sites }] of whole) {
    if (!sites.has(site)) continue;
    const without = await breaksOf(blueprint, { ...options, sabotage: site });
    const law = [...without.laws].find((one) => !known.has(one));
    if (law !== undefined) return { site, law, seed: options };
  }
  return { site };
};
