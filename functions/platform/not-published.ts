/** What became of the events that the bus did not take. */
import { Unavailable } from '../kernel/errors.ts';
import type { Published } from './stream-reader.ts';

/** An event that no repetition helps, and why. */
export type Refused = { readonly event: Published; readonly reason: string };

/** All other events of the call were taken; the `untaken` may be taken later. */
export class NotPublished extends Unavailable {
  override readonly name = 'NotPublished';
  readonly refused: readonly Refused[];
  readonly untaken: readonly Published[];
  constructor(refused: readonly Refused[], untaken: readonly Published[], reason: string) {
    super(`${refused.length + untaken.length} events were not taken: ${reason}`);
    this.refused = refused;
    this.untaken = untaken;
  }
}
