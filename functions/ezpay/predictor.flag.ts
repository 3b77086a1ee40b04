/** The predictor of the functions: it always judges, and may shorten a wait where its flag is on and not held. */
import type { Instant, OrderId } from '../kernel/types.ts';
import { type FlagSource, isOn } from '../platform/flags.ts';
import type { Holds } from '../platform/holds.store.ts';
import type { Argo } from './argo.ts';
import model from './predictor.json' with { type: 'json' };
import { type Prediction, predict } from './predictor.ts';

const flag = 'ezpay-predictor';

/** The probability that the argo runs for a scan, from the evidence of the car at a moment. */
type Predict = (argo: Argo, scannedAt: Instant, at: Instant) => Prediction;
/** How an order is judged now: whether the predictor may shorten its wait can change while it waits. */
export type Predictor = (orderId: OrderId) => Promise<Predict>;

/** The hold is read once in 5 s, and only where the flag is on. */
export const flaggedPredictor =
  ({ flags, isHeld }: { readonly flags: FlagSource } & Pick<Holds, 'isHeld'>): Predictor =>
  async (orderId) =>
    predict(model, isOn(await flags(), flag, orderId) && !(await isHeld(flag)));
