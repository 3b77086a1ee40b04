/** Another copy of the message is being sent now: nothing failed; retry later. */
import { Unavailable } from '../kernel/errors.ts';

export class InFlight extends Unavailable {
  override readonly name = 'InFlight';
}
