/** Flags from the command line: what is in force, and the hold that takes a flag back at once. */
import { Invalid } from '../../functions/kernel/errors.ts';
import { flagNames, flagSource } from '../../functions/platform/flags.ts';
import { holds } from '../../functions/platform/holds.store.ts';
import {
  isVariantOf,
  type VariantName,
  valuesOf,
  variantNames,
  variantSource,
} from '../../functions/platform/variants.ts';
import { columns } from './table.ts';
import type { Target } from './target.ts';

export type FlagState = {
  readonly flag: string;
  /** Of the entities that have it; per value where it has more than two. */
  readonly percent: number | Readonly<Record<string, number>>;
  readonly held: boolean;
  /** What everyone has while it is held; without it the flag is off. */
  readonly value?: string;
  readonly reason?: string;
  /** Since when it is held: ISO 8601, UTC. */
  readonly since?: string;
};

const holdsOf = (target: Target) => holds(target, target.tables.state);

export const flagStates = async (target: Target): Promise<readonly FlagState[]> => {
  const [flags, variants] = await Promise.all([
    flagSource(target, target.flagSettings)(),
    variantSource(target, target.flagSettings)(),
  ]);
  const { read } = holdsOf(target);
  const percents = [
    ...flagNames.map((flag) => ({ flag, percent: flags[flag].percent })),
    ...variantNames.map((flag) => ({ flag, percent: variants[flag] })),
  ];
  return Promise.all(
    percents.map(async (flag) => {
      const hold = await read(flag.flag);
      if (!hold) return { ...flag, held: false };
      const { reason, at: since, value } = hold;
      return { ...flag, held: true, reason, since, ...(value === undefined ? {} : { value }) };
    }),
  );
};

const isVariant = (name: string): name is VariantName => (variantNames as readonly string[]).includes(name);

/** @throws {Invalid} when there is no such flag */
const named = (name: string): string => {
  const known: readonly string[] = [...flagNames, ...variantNames];
  if (!known.includes(name)) throw new Invalid(`there is no flag "${name}", only ${known.join(', ')}`);
  return name;
};

/** @throws {Invalid} when a flag with values is held without one of them, or a flag without values with one */
const checkedValue = (name: string, value: string | undefined): void => {
  if (!isVariant(name)) {
    if (value !== undefined)
      throw new Invalid(`"${name}" has no values: held, it is off for everyone; leave --value out`);
    return;
  }
  if (!isVariantOf(name, value))
    throw new Invalid(`"${name}" is held at one of its values: --value ${valuesOf(name).join(', --value ')}`);
};

export type HoldOptions = { readonly reason: string; readonly value?: string | undefined };

export const holdFlag = async (target: Target, name: string, { reason, value }: HoldOptions): Promise<void> => {
  checkedValue(named(name), value);
  await holdsOf(target).hold(name, reason, target.now(), value);
};

export const releaseFlag = (target: Target, name: string): Promise<void> => holdsOf(target).release(named(name));

const percentText = (percent: FlagState['percent']): string =>
  typeof percent === 'number'
    ? `${percent} %`
    : Object.entries(percent)
        .map(([value, share]) => `${value} ${share} %`)
        .join(', ');

const inForce = ({ percent, held, value, reason, since }: FlagState): string => {
  const why = `held since ${since ?? 'an unknown time'} (${reason ?? 'no reason given'})`;
  if (held) return value === undefined ? `no: ${why}` : `${value} for all: ${why}`;
  return typeof percent === 'number' ? `for ${percent} % of rides` : 'by share';
};

const ofDeployment = 'flags.json and tuntas.settings.json here, in force if they are what was deployed';

export const printFlags = (
  states: readonly FlagState[],
  { flagSettings, name }: Pick<Target, 'flagSettings' | 'name'>,
): string =>
  [
    `Flags of ${name}; percentages of ${flagSettings.TUNTAS_FLAGS ? 'local/flags.json' : ofDeployment}`,
    columns(
      [
        ['flag', 'percent', 'in force'],
        ...states.map((state) => [state.flag, percentText(state.percent), inForce(state)]),
      ],
      [1],
    ),
  ].join('\n');
