/** How probable it is that the argo runs for a scan that no report covers yet. Pure: evidence in, probability out. */
import { type Instant, instant } from '../kernel/types.ts';
import { lagOf, placeOf, timelineOf } from './argo.timeline.ts';
import { type Argo, lastSuccess } from './argo.ts';

/**
 * What is known of a car when a scan is judged, published with the order so that a model can be trained on it.
 * Times are ms before that moment; what is unknown is left out.
 */
export type Evidence = {
  /** Since the scan; 0 at the scan itself. */
  readonly waited: number;
  /** Of the day in Jakarta, 0 to 23. */
  readonly hour: number;
  /** Since the argo's last start or stop that is known, by its own time. */
  readonly sinceReport?: number | undefined;
  /** How late the kept reports of the car came. */
  readonly lags: readonly number[];
  /** Since the last position that changed the evidence, and whether the car moved then. */
  readonly sincePosition?: number | undefined;
  readonly moving?: boolean | undefined;
  /** Since the car's last successful order. */
  readonly sinceOrder?: number | undefined;
  /** Its scans so far, weighted, and those of them that the argo did not report. */
  readonly record?: { readonly scans: number; readonly unproven: number } | undefined;
  /** Since the driver took the car. */
  readonly sinceDuty?: number | undefined;
};

export type Model = {
  /** Changes with every weight. */
  readonly version: string;
  /** The lag of the fleet, as the mean logarithm of seconds + 1: what is assumed of a car of which little is known. */
  readonly fleetLag: number;
  /** From this probability on the model may confirm, chosen on scans it was not trained on. */
  readonly threshold: number;
  readonly bias: number;
  /** In the order of `featureNames`. A feature is standardised: (value - mean) / deviation. */
  readonly features: readonly {
    readonly name: string;
    readonly mean: number;
    readonly deviation: number;
    readonly weight: number;
  }[];
};

/** A model's judgement of a scan. `sure`: it may shorten the wait. */
export type Prediction = {
  readonly probability: number;
  readonly model: string;
  readonly sure: boolean;
  readonly evidence: Evidence;
};

const hour = 3_600_000;
const jakarta = 7 * hour;
/** Fewer can all be late by chance. */
const enoughReports = 4;
/** The fleet's lag weighs as much as so many reports of the car. */
const fleetWeighs = 4;

export const evidenceOf = (argo: Argo, scannedAt: Instant, at: Instant): Evidence => {
  const { placed } = timelineOf(argo.events);
  const last = placed.at(-1);
  const order = lastSuccess(argo);
  const { gps, driver, record } = argo;
  const since = (then: Instant | undefined): number | undefined =>
    then === undefined ? undefined : Math.max(0, at - then);
  return {
    waited: at - scannedAt,
    hour: Math.floor(((at + jakarta) % (24 * hour)) / hour),
    sinceReport: since(last && placeOf(last.event)),
    lags: placed.flatMap((one) => lagOf(one) ?? []),
    sincePosition: since(gps?.at),
    moving: gps?.moving,
    sinceOrder: since(order?.at),
    record,
    sinceDuty: since(driver?.since),
  };
};

const minutes = (ms: number): number => ms / 60_000;
export const logSeconds = (ms: number): number => Math.log1p(ms / 1_000);

/** The inputs of the features: ages in minutes, corrected by the delay that all reports share, which is the clock. */
const readingOf = (evidence: Evidence, fleetLag: number) => {
  const { waited, hour, sinceReport, sincePosition, sinceOrder, moving, record, sinceDuty } = evidence;
  const behind = evidence.lags.length < enoughReports ? 0 : Math.min(...evidence.lags);
  const lags = evidence.lags.map((lag) => lag - behind);
  const age = (since: number | undefined): number | undefined =>
    since === undefined ? undefined : minutes(Math.max(0, since - behind));
  return {
    report: age(sinceReport),
    moved: moving ? age(sincePosition) : undefined,
    stood: moving === false ? age(sincePosition) : undefined,
    order: sinceOrder === undefined ? undefined : minutes(sinceOrder),
    waited: minutes(waited),
    /** The logarithm of the share of scans that the argo did not report. */
    record: record && Math.log((record.unproven + 0.5) / (record.scans + 10)),
    driverKnown: sinceDuty !== undefined,
    /** The mean logarithm of the delay in seconds, weighted with the fleet's while there are few reports. */
    lag: (lags.reduce((sum, lag) => sum + logSeconds(lag), 0) + fleetWeighs * fleetLag) / (lags.length + fleetWeighs),
    worstLag: minutes(Math.max(0, ...lags)),
    clockBehind: minutes(behind),
    /** Of a whole turn, 0 at midnight. */
    hour: hour / 24,
  };
};
type Reading = ReturnType<typeof readingOf>;

type Feature = { readonly name: string; readonly of: (reading: Reading) => number };
const flag = (is: boolean): number => (is ? 1 : 0);

/** One feature for each span of the age, and one for its being unknown: neither is a zero that means something else. */
const aged = (
  what: string,
  edges: readonly number[],
  of: (reading: Reading) => number | undefined,
): readonly Feature[] => [
  { name: `${what} unknown`, of: (reading) => flag(of(reading) === undefined) },
  ...[...edges, Number.POSITIVE_INFINITY].map((to, i) => {
    const from = edges[i - 1] ?? 0;
    const within = (age = Number.NaN): boolean => age >= from && age < to;
    return { name: `${what} ${from} to ${to} min ago`, of: (reading: Reading) => flag(within(of(reading))) };
  }),
];

/** The unknown is neither before nor after. */
const isLess = (age = Number.NaN, than = Number.NaN): boolean => age < than;

const features: readonly Feature[] = [
  ...aged('report', [1, 3, 6, 10, 20, 60], ({ report }) => report),
  ...aged('moving', [0.75, 1.5, 2.5, 5], ({ moved }) => moved),
  ...aged('standing', [2, 5, 15], ({ stood }) => stood),
  ...aged('order', [3, 6, 10, 20, 60], ({ order }) => order),
  ...aged('scan', [0.5, 1, 2, 4, 8], ({ waited }) => (waited > 0 ? waited : undefined)),
  { name: 'moved since the scan', of: ({ moved, waited }) => flag(isLess(moved, waited)) },
  { name: 'stood since the scan', of: ({ stood, waited }) => flag(isLess(stood, waited)) },
  { name: 'moved since the report', of: ({ moved, report }) => flag(isLess(moved, report)) },
  { name: 'record unknown', of: ({ record }) => flag(record === undefined) },
  { name: 'record', of: ({ record }) => record ?? 0 },
  { name: 'driver known', of: ({ driverKnown }) => flag(driverKnown) },
  { name: 'lag', of: ({ lag }) => lag },
  { name: 'worst lag', of: ({ worstLag }) => Math.log1p(worstLag) },
  { name: 'clock behind', of: ({ clockBehind }) => Math.log1p(clockBehind) },
  { name: 'night', of: ({ hour }) => Math.cos(2 * Math.PI * hour) },
  { name: 'morning', of: ({ hour }) => Math.sin(2 * Math.PI * hour) },
];

export const featureNames = features.map(({ name }) => name);

/** In the order of `featureNames`. */
export const featuresOf = (evidence: Evidence, fleetLag: number): readonly number[] => {
  const reading = readingOf(evidence, fleetLag);
  return features.map(({ of }) => of(reading));
};

export const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

export const probabilityOf = (
  { bias, features }: Pick<Model, 'bias' | 'features'>,
  values: readonly number[],
): number =>
  logistic(
    features.reduce(
      (sum, { mean, deviation, weight }, i) => sum + (weight * ((values[i] as number) - mean)) / deviation,
      bias,
    ),
  );

/** @param mayShorten whether the model may confirm, by the flag of this order */
export const predict =
  (model: Model, mayShorten: boolean) =>
  (argo: Argo, scannedAt: Instant, at: Instant): Prediction => {
    const evidence = evidenceOf(argo, scannedAt, instant(Math.max(at, scannedAt)));
    const probability = probabilityOf(model, featuresOf(evidence, model.fleetLag));
    return { probability, model: model.version, sure: mayShorten && probability >= model.threshold, evidence };
  };
