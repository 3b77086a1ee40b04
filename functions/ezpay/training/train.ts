/** Trains and evaluates a model. Split by car and by time: what is held out is later, and of other cars. Pure. */
import { createHash } from 'node:crypto';
import { type Instant, iso } from '../../kernel/types.ts';
import { featureNames, featuresOf, logSeconds, type Model } from '../predictor.ts';
import { evaluate, type Figures, judgedBy, thresholdFor } from './evaluate.ts';
import { fitted, scaled, scalesOf } from './fit.ts';
import type { Example } from './story.history.ts';

/** The origin of a history. */
export type Origin = Readonly<Record<string, string | number>>;
export type ModelFile = Model & {
  readonly trainedOn: Origin & { readonly examples: number; readonly from: string; readonly to: string };
  /** The share of the scans confirmed early that must be right; the threshold is chosen for it on the second part. */
  readonly precisionWanted: number;
  /** On the third part, which neither weights nor threshold have seen. */
  readonly heldOut: Figures;
};
export type Parts = Readonly<Record<'training' | 'choosing' | 'heldOut', readonly Example[]>>;

export class TooLittle extends Error {}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();
const penalty = 1;
const fewest = 50;

/** 60, 20 and 20 % of the cars, and of the time the first 60, the next 20 and the last 20 %; all else is left out. */
export const split = (examples: readonly Example[]): Parts => {
  const times = examples.map(({ scannedAt }) => scannedAt).toSorted((a, b) => a - b);
  const until = (share: number): number => times[Math.floor(share * times.length)] ?? Number.POSITIVE_INFINITY;
  const [first, second] = [until(0.6), until(0.8)];
  const group = (car: string): number => sha256(car).readUInt32BE(0) % 100;
  const part = (low: number, high: number, from: number, to: number) =>
    examples.filter(
      ({ car, scannedAt }) => group(car) >= low && group(car) < high && scannedAt >= from && scannedAt < to,
    );
  return {
    training: part(0, 60, Number.NEGATIVE_INFINITY, first),
    choosing: part(60, 80, first, second),
    heldOut: part(80, 100, second, Number.POSITIVE_INFINITY),
  };
};

const rounded = (value: number): number => Number(value.toPrecision(6));

/** @throws {TooLittle} when the history has too few scans of either kind */
export const train = (examples: readonly Example[], trainedOn: Origin, precisionWanted: number): ModelFile => {
  const { training, choosing, heldOut } = split(examples);
  for (const [name, part] of Object.entries({ training, choosing, heldOut })) {
    const ran = part.filter((one) => one.ran).length;
    if (part.length < fewest || ran === 0 || ran === part.length)
      throw new TooLittle(
        `${part.length} examples for ${name}, of which the argo ran in ${ran}: too little to learn from`,
      );
  }
  const lags = training.flatMap(({ evidence }) => evidence.lags.map(logSeconds));
  const fleetLag = rounded(lags.reduce((sum, lag) => sum + lag, 0) / Math.max(1, lags.length));
  const rows = training.map(({ evidence, ran }) => ({ values: featuresOf(evidence, fleetLag), is: ran }));
  const scales = scalesOf(rows, featureNames.length).map(({ mean, deviation }) => ({
    mean: rounded(mean),
    deviation: rounded(deviation),
  }));
  const { bias, weights } = fitted(scaled(rows, scales), penalty);
  const learnt = {
    fleetLag,
    bias: rounded(bias),
    features: featureNames.map((name, i) => ({
      name,
      ...(scales[i] as (typeof scales)[number]),
      weight: rounded(weights[i] as number),
    })),
  };
  // Without a threshold of that precision the model never confirms: no probability reaches 2.
  const threshold = thresholdFor(judgedBy({ ...learnt, version: '', threshold: 2 }, choosing), precisionWanted) ?? 2;
  const version = sha256(JSON.stringify({ ...learnt, threshold }))
    .toString('hex')
    .slice(0, 8);
  const model = { version, threshold, ...learnt };
  const times = examples.map(({ scannedAt }) => scannedAt).toSorted((a, b) => a - b);
  const period = { from: iso(times[0] as Instant), to: iso(times.at(-1) as Instant) };
  const origin = { ...trainedOn, examples: training.length, ...period };
  return { ...model, trainedOn: origin, precisionWanted, heldOut: evaluate(model, heldOut) };
};
