/** Scans of a simulated fleet whose reports are late by a given time, through the workers of EzPay, mode by mode. */
import { begins, livesOf } from '../../bin/cli/predictor/fleet.history.ts';
import { type Played, playCar, type Rules } from '../../bin/cli/predictor/play.ts';
import { isWronglyFailed, type Mode } from '../../functions/ezpay/ezpay.ts';
import { after } from '../../functions/kernel/types.ts';
import { type Delivery, deliveriesOf } from '../../local/fleet/device.ts';
import type { Life } from '../../local/fleet/fleet.ts';
import { quantile } from './statistics.ts';

export type Way = { readonly name: string; readonly mode: Mode; readonly predictor?: Rules['predictor'] };
export type Joined = {
  readonly scans: number;
  readonly confirmed: number;
  readonly by: Readonly<Record<'argo' | 'grace' | 'driver' | 'predictor', number>>;
  /** The reports show in the end that the trip was real. */
  readonly wronglyFailed: number;
  /** The predictor confirmed and the argo never proved it. */
  readonly wronglyConfirmed: number;
  readonly p50: number;
  readonly p95: number;
};

const fleet = { seed: 11, cars: 220, days: 7 } as const;

/** The reports of every second trip are late, so that the car has a history; scans of the others are not counted. */
const isLate = (n: number): boolean => n % 2 === 1;

const deliveriesLate = (life: Life, lateMs: number, positions: boolean): readonly Delivery[] => {
  const late = new Set(
    life.trips.filter((_, n) => isLate(n)).flatMap(({ argo }) => (argo ? [argo.startedAt, argo.stoppedAt] : [])),
  );
  return deliveriesOf(life, { seed: fleet.seed, from: begins, hours: fleet.days * 24, profile: 'healthy' })
    .filter(({ message }) => positions || message.kind !== 'PING')
    .map((one) =>
      one.message.kind !== 'PING' && late.has(one.happenedAt)
        ? { ...one, arrivesAt: after(one.arrivesAt, lateMs) }
        : one,
    )
    .toSorted((a, b) => a.arrivesAt - b.arrivesAt);
};

const countedIn = (life: Life, played: readonly Played[]): readonly Played[] => {
  const late = new Set(life.trips.filter((_, n) => isLate(n)));
  return played.filter(({ scan }, n) => (scan.trip ? late.has(scan.trip) : isLate(n)));
};

export const lives = (): readonly Life[] => livesOf(fleet);

export const join = async (
  all: readonly Life[],
  lateMs: number,
  { mode, predictor = 'off' }: Way,
  scans: number,
): Promise<Joined> => {
  const found: Played[] = [];
  for (const life of all) {
    if (found.length >= scans) break;
    // Only the predictor looks at positions.
    const played = await playCar(life, deliveriesLate(life, lateMs, predictor === 'on'), { mode, predictor });
    found.push(...countedIn(life, played));
  }
  const counted = found.slice(0, scans);
  const confirmed = counted.flatMap(({ order }) => (order.status === 'CONFIRMED' ? [order] : []));
  const by = (witness: string): number => confirmed.filter((order) => order.witness.by === witness).length;
  const waits = confirmed.map(({ at, scannedAt }) => at - scannedAt);
  const isUnproven = ({ events }: Played): boolean => events.some(({ type }) => type === 'ezpay.unproven');
  return {
    scans: counted.length,
    confirmed: confirmed.length,
    by: { argo: by('argo'), grace: by('grace'), driver: by('driver'), predictor: by('predictor') },
    wronglyFailed: counted.filter(({ order }) => isWronglyFailed(order)).length,
    wronglyConfirmed: counted.filter(isUnproven).length,
    p50: quantile(waits, 0.5),
    p95: quantile(waits, 0.95),
  };
};
