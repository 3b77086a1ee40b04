/** Flags from the command line: what is in force, and the hold that takes a flag back at once. */
import { Invalid } from '../../platform/errors.ts';
import { type FlagName, fileSource, holds } from '../../platform/flags.ts';
import { instant } from '../../platform/types.ts';
import type { Place } from './place.ts';
import { columns } from './table.ts';

export type FlagState = {
  readonly flag: FlagName;
  readonly percent: number;
  readonly held: boolean;
  readonly reason?: string;
  /** Since when it is held: ISO 8601, UTC. */
  readonly since?: string;
};

export const flagStates = async ({ dynamo, tables, flagsFile }: Place): Promise<readonly FlagState[]> => {
  const table = await fileSource(flagsFile, Date.now)();
  const { read } = holds(dynamo, tables.state, Date.now);
  return Promise.all(
    (Object.keys(table) as FlagName[]).map(async (flag) => {
      const hold = await read(flag);
      return { flag, percent: table[flag].percent, held: hold !== undefined, ...(hold ? { reason: hold.reason, since: hold.at } : {}) };
    }),
  );
};

/** @throws {Invalid} when there is no such flag */
const named = async (place: Place, name: string): Promise<FlagName> => {
  const known = Object.keys(await fileSource(place.flagsFile, Date.now)());
  if (!known.includes(name)) throw new Invalid(`there is no flag "${name}", only ${known.join(', ')}`);
  return name as FlagName;
};

export const holdFlag = async (place: Place, name: string, reason: string): Promise<void> =>
  holds(place.dynamo, place.tables.state, Date.now).hold(await named(place, name), reason, instant(Date.now()));

export const releaseFlag = async (place: Place, name: string): Promise<void> =>
  holds(place.dynamo, place.tables.state, Date.now).release(await named(place, name));

export const printFlags = (states: readonly FlagState[], { flagsFile, name }: Pick<Place, 'flagsFile' | 'name'>): string =>
  [
    `Flags of ${name}; percentages ${flagsFile ? 'of local/flags.json' : 'of this working copy, in force if it is what was deployed'}`,
    columns(
      [
        ['flag', 'percent', 'in force'],
        ...states.map(({ flag, percent, held, reason, since }) => [
          flag,
          `${percent} %`,
          held ? `no: held since ${since ?? 'an unknown time'} (${reason ?? 'no reason given'})` : `for ${percent} % of rides`,
        ]),
      ],
      [1],
    ),
  ].join('\n');
