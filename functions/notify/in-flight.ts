/** Another copy of the message is being sent at this moment: nothing failed, ask again later. */
import { Unavailable } from '../kernel/errors.ts';

export class InFlight extends Unavailable {
  override readonly name = 'InFlight';
}
