/** One kind of aggregate: one item with a version, changed by one conditional write. */
import type { Decision, Fact } from './decision.ts';
import type { Key } from './keys.ts';
import type { Instant } from './types.ts';

declare const facts: unique symbol;

/** `Made`: the facts its deciders may return, `FactOf<typeof import('…/events/ride.ts')>`. */
export type Aggregate<State, Made extends Fact = Fact, Id extends string = string> = {
  /** Part of the ids of its events. */
  readonly name: string;
  readonly key: (id: Id) => Key;
  /** The version of the shape that is written, 1 unless given. Each item names it; one without it is 1. */
  readonly schema?: number;
  /** Carries over what was stored in an older shape; the next write stores it in the present one. */
  readonly upgrade?: (stored: unknown, schema: number) => State;
  /** Until when it must have left its state. */
  readonly dueAt: (state: State) => Instant | undefined;
  /** What the indexes show of it. */
  readonly indexed?: (state: State) => Readonly<Record<string, string | number | undefined>>;
  readonly [facts]?: Made;
};

/** One aggregate by its id. */
export type Ref<State, Made extends Fact = Fact> = { readonly aggregate: Aggregate<State, Made>; readonly id: string };

export const refOf = <State, Made extends Fact, Id extends string>(
  aggregate: Aggregate<State, Made, Id>,
  id: Id,
): Ref<State, Made> => ({ aggregate: aggregate as Aggregate<State, Made>, id });

/** What the store holds of one aggregate; version 0 without a state when it does not exist. */
export type Loaded<State> = { readonly state: State | undefined; readonly version: number };

/** A decision, and the state and version after it. */
export type Outcome<State, Made extends Fact = Fact> = {
  readonly decision: Decision<State, Made>;
  readonly state: State | undefined;
  readonly version: number;
};
