/** What models are trained on: each moment at which a scan was judged, and whether the argo turned out to have run. */
import type { Evidence } from '../functions/ezpay/predictor.ts';
import { featureNames, type Model, predict } from '../functions/ezpay/predictor.ts';
import { type Instant, instant } from '../functions/kernel/types.ts';
import { deliveriesOf, type Journey } from '../local/fleet/device.ts';
import { type FleetOptions, fleet, type Life } from '../local/fleet/fleet.ts';
import { type Ended, playCar } from './play.ts';

export type Example = {
  readonly orderId: string;
  readonly car: string;
  readonly scannedAt: Instant;
  readonly at: Instant;
  readonly evidence: Evidence;
  /** By the reports of the argo, however late they came. */
  readonly ran: boolean;
  readonly provedAt: Instant | undefined;
};

/** Believes nothing: it only has the evidence written down. */
export const blank: Model = {
  version: 'blank',
  fleetLag: 0,
  threshold: 2,
  bias: 0,
  features: featureNames.map((name) => ({ name, mean: 0, deviation: 1, weight: 0 })),
};
export const onlyWatching = async () => predict(blank, false);

export const examplesOf = (ended: readonly Ended[]): readonly Example[] =>
  ended.flatMap(({ orderId, order, judgements, provedAt }) =>
    judgements.map(({ at, evidence }) => ({
      orderId,
      car: order.car,
      scannedAt: order.scannedAt,
      at,
      evidence,
      ran: order.trip !== undefined,
      provedAt,
    })),
  );

export type Simulated = Omit<FleetOptions, 'from' | 'hours'> & Pick<Journey, 'profile'> & { readonly days: number };

/** A Monday, so that a simulated history is the same whenever it is made. */
export const begins = instant(Date.parse('2026-09-07T00:00:00+07:00'));

export const livesOf = ({ seed, cars, days }: Omit<Simulated, 'profile'>): readonly Life[] => {
  const all = fleet({ seed, cars, from: begins, hours: days * 24 });
  return all.cars.map(all.lifeOf);
};

/** The simulated fleet in mode async, nothing shortened. */
export const simulated = async (options: Simulated): Promise<readonly Example[]> => {
  const found: Example[] = [];
  const journey = { seed: options.seed, from: begins, hours: options.days * 24, profile: options.profile };
  for (const life of livesOf(options)) {
    found.push(
      ...examplesOf(await playCar(life, deliveriesOf(life, journey), { mode: 'async', predictor: onlyWatching })),
    );
  }
  return found;
};
