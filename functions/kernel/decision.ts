/** The three outcomes of a decider: it happened, there was nothing to do, or it was refused. Never thrown. */
import type { Instant } from './types.ts';

/** A fact without its identity, made by its declaration in events/: the store adds id, version and time. */
export type Fact<Type extends string = string, Data = Readonly<Record<string, unknown>>> = {
  readonly type: Type;
  readonly source: string;
  readonly data: Data;
  /** Distinguishes facts of one type in one write. */
  readonly per?: string;
};

/** A refusal the caller can act on. `status`: the HTTP status it becomes, 409 by default. */
export type Refusal = {
  readonly code: string;
  readonly message: string;
  readonly status?: 403 | 404 | 409 | 422;
  /** Further members of the problem details, such as the message in the reader's language and what to do next. */
  readonly extra?: Readonly<Record<string, unknown>>;
  /** What the caller reads instead, because the refusal itself reveals that the item exists; the log keeps it. */
  readonly shownAs?: Refusal;
};

export type Happened<State, Made extends Fact = Fact> = {
  readonly outcome: 'happened';
  readonly state: State;
  readonly at: Instant;
  readonly facts: readonly Made[];
};
export type Nothing = { readonly outcome: 'nothing'; readonly reason: string };
export type Refused = { readonly outcome: 'refused'; readonly refusal: Refusal };
export type Decision<State, Made extends Fact = Fact> = Happened<State, Made> | Nothing | Refused;

export const happened = <State, const Facts extends readonly Fact[]>(
  state: State,
  at: Instant,
  ...facts: Facts
): Happened<State, Facts[number]> => ({ outcome: 'happened', state, at, facts });
export const nothing = (reason: string): Nothing => ({ outcome: 'nothing', reason });
export const refused = (refusal: Refusal): Refused => ({ outcome: 'refused', refusal });
