/** What a decider answers: it happened, there was nothing to do, or it was refused. Never thrown. */
import type { Instant } from './types.ts';

/** A fact without its identity: the store adds id, version and time when it writes the state. */
export type Fact = { readonly type: string; readonly data: Readonly<Record<string, unknown>> };

/** A refusal the caller can act on. `status` is the HTTP status it becomes (409 unless said otherwise). */
export type Refusal = {
  readonly code: string;
  readonly message: string;
  readonly status?: 403 | 404 | 409 | 422;
  /** What else its reader is told, such as the same in his language and what to do next. */
  readonly told?: Readonly<Record<string, unknown>>;
  /** What the caller reads instead, because the refusal itself tells that the item exists; it stays in the log. */
  readonly shownAs?: Refusal;
};

export type Happened<State> = {
  readonly outcome: 'happened';
  readonly state: State;
  readonly at: Instant;
  readonly facts: readonly Fact[];
};
export type Nothing = { readonly outcome: 'nothing'; readonly reason: string };
export type Refused = { readonly outcome: 'refused'; readonly refusal: Refusal };
export type Decision<State> = Happened<State> | Nothing | Refused;

export const happened = <State>(state: State, at: Instant, ...facts: readonly Fact[]): Happened<State> => ({
  outcome: 'happened',
  state,
  at,
  facts,
});
export const nothing = (reason: string): Nothing => ({ outcome: 'nothing', reason });
export const refused = (refusal: Refusal): Refused => ({ outcome: 'refused', refusal });
