/** The predictor as the functions have it: always asked, believed where its flag is on and nobody holds it. */
import { type FlagSource, isOn } from '../platform/flags.ts';
import type { Holds } from '../platform/holds.store.ts';
import type { Predictor } from './commands.ts';
import model from './predictor.json' with { type: 'json' };
import { predict } from './predictor.ts';

const flag = 'ezpay-predictor';

export type PredictorDeps = { readonly flags: FlagSource } & Pick<Holds, 'isHeld'>;

/** The hold is read once in 5 s, and only where the flag is on. */
export const flaggedPredictor =
  ({ flags, isHeld }: PredictorDeps): Predictor =>
  async (orderId) =>
    predict(model, isOn(await flags(), flag, orderId) && !(await isHeld(flag)));
