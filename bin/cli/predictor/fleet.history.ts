/** The examples of a simulated fleet: each car is played through the workers, and its events are read as a Story is. */
import { type Example, examplesIn } from '../../../functions/ezpay/training/story.history.ts';
import { instant, type OrderId } from '../../../functions/kernel/types.ts';
import { deliveriesOf, type Journey } from '../../../local/fleet/device.ts';
import { type FleetOptions, fleet, type Life } from '../../../local/fleet/fleet.ts';
import { playCar } from './play.ts';

export type Simulated = Omit<FleetOptions, 'from' | 'hours'> & Pick<Journey, 'profile'> & { readonly days: number };

/** A Monday, so that a simulated history is the same whenever it is made. */
export const begins = instant(Date.parse('2026-09-07T00:00:00+07:00'));
const whenAllIsReported = instant(Number.MAX_SAFE_INTEGER);

export const livesOf = ({ seed, cars, days }: Omit<Simulated, 'profile'>): readonly Life[] => {
  const all = fleet({ seed, cars, from: begins, hours: days * 24 });
  return all.cars.map(all.lifeOf);
};

/** In mode async, with the predictor judging and never confirming. */
export const simulated = async (options: Simulated): Promise<readonly Example[]> => {
  const found: Example[] = [];
  const journey = { seed: options.seed, from: begins, hours: options.days * 24, profile: options.profile };
  for (const life of livesOf(options)) {
    const played = await playCar(life, deliveriesOf(life, journey), { mode: 'async', predictor: 'off' });
    const examples = played.flatMap(({ events }) => examplesIn(events, whenAllIsReported));
    // Each car has its own order numbers, which repeat.
    found.push(...examples.map((one) => ({ ...one, orderId: `${one.car}/${one.orderId}` as OrderId })));
  }
  return found;
};
