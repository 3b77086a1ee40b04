/** How good a model is on unseen scans: ranking, calibration, and what early confirmation would have saved. Pure. */
import { featuresOf, type Model, probabilityOf } from '../predictor.ts';
import type { Example } from './story.history.ts';

export type Judged = { readonly probability: number; readonly ran: boolean };
type Bin = ReturnType<typeof calibration>[number];
export type Figures = ReturnType<typeof evaluate>;

const bins = 10;
/** Five minutes for the argo and ten for the driver: then an order ends. */
const longestWait = 15;

/** How often a scan whose argo ran ranks above one whose did not; a tie counts half, 0.5 is guessing. */
export const auc = (judged: readonly Judged[]): number => {
  const groups = [...Map.groupBy(judged, ({ probability }) => probability)].toSorted(([a], [b]) => a - b);
  let [negatives, positives, wins] = [0, 0, 0];
  for (const [, group] of groups) {
    const ran = group.filter((one) => one.ran).length;
    wins += ran * (negatives + (group.length - ran) / 2);
    negatives += group.length - ran;
    positives += ran;
  }
  return wins / (positives * negatives);
};

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const share = (judged: readonly Judged[]): number => judged.filter(({ ran }) => ran).length / judged.length;

export const brier = (judged: readonly Judged[]): number =>
  mean(judged.map(({ probability, ran }) => (probability - (ran ? 1 : 0)) ** 2));

/** Ten bins of equal width; an empty one has no row. */
export const calibration = (judged: readonly Judged[]) =>
  [...Map.groupBy(judged, ({ probability }) => Math.min(bins - 1, Math.floor(probability * bins)))]
    .toSorted(([a], [b]) => a - b)
    .map(([n, inside]) => ({
      from: n / bins,
      to: (n + 1) / bins,
      count: inside.length,
      predicted: mean(inside.map(({ probability }) => probability)),
      observed: share(inside),
    }));

export const calibrationError = (table: readonly Bin[]): number => {
  const all = table.reduce((sum, { count }) => sum + count, 0);
  return table.reduce((sum, { count, predicted, observed }) => sum + (count / all) * Math.abs(predicted - observed), 0);
};

export const judgedBy = (model: Model, examples: readonly Example[]): readonly (Example & Judged)[] =>
  examples.map((one) => ({ ...one, probability: probabilityOf(model, featuresOf(one.evidence, model.fleetLag)) }));

/** Each scan once: the first moment at which it would have been confirmed. */
const firstSure = (judged: readonly (Example & Judged)[], threshold: number): readonly (Example & Judged)[] => {
  const sure = judged.filter(({ probability }) => probability >= threshold).toSorted((a, b) => a.at - b.at);
  return [...new Map(sure.toReversed().map((one) => [one.orderId, one])).values()];
};

/** Scans confirmed early, each at the first moment at which the model was sure. */
export const believedAt = (judged: readonly (Example & Judged)[], threshold: number) => {
  const sure = firstSure(judged, threshold);
  const right = sure.filter(({ ran }) => ran);
  const saved = right
    .map(({ at, provedAt }) => Math.min(longestWait, ((provedAt ?? Number.POSITIVE_INFINITY) - at) / 60_000))
    .toSorted((a, b) => a - b);
  const quantile = (q: number): number => saved[Math.floor(q * saved.length)] ?? 0;
  return {
    scans: sure.length,
    right: right.length,
    precision: right.length / sure.length,
    /** From the early confirmation to the argo's report, of those that were right, at most `longestWait`. */
    minutesSaved: { median: quantile(0.5), mean: saved.length === 0 ? 0 : mean(saved), p95: quantile(0.95) },
  };
};

/** Wilson's lower bound of a share: at 1.645 it is too high in one sample of twenty. */
export const atLeast = (right: number, all: number, z = 1.645): number => {
  if (all === 0) return 0;
  const share = right / all;
  const middle = share + z ** 2 / (2 * all);
  const spread = z * Math.sqrt((share * (1 - share)) / all + z ** 2 / (4 * all ** 2));
  return (middle - spread) / (1 + z ** 2 / all);
};

/**
 * The lowest threshold at which the lower bound of the share of right confirmations reaches the precision; undefined
 * when there is none.
 * @param judged of scans the model was not trained on
 */
export const thresholdFor = (judged: readonly (Example & Judged)[], precision: number): number | undefined => {
  // From 0.5 to 0.999, by thousandths.
  const candidates = Array.from({ length: 500 }, (_, n) => (500 + n) / 1_000);
  return candidates.find((threshold) => {
    const { right, scans } = believedAt(judged, threshold);
    return atLeast(right, scans) >= precision;
  });
};

export const evaluate = (model: Model, examples: readonly Example[]) => {
  const judged = judgedBy(model, examples);
  const table = calibration(judged);
  const ran = share(judged);
  return {
    /** Moments of judging, and the scans they belong to. */
    examples: judged.length,
    scans: new Set(judged.map(({ orderId }) => orderId)).size,
    /** The share of them whose argo ran. */
    ran,
    auc: auc(judged),
    /** Mean squared error of the probability, and of predicting the share that ran for every scan. */
    brier: brier(judged),
    brierOfShare: ran * (1 - ran),
    /** Mean distance of predicted and observed over the bins, weighted by their counts. */
    calibrationError: calibrationError(table),
    calibration: table,
    believed: believedAt(judged, model.threshold),
  };
};
