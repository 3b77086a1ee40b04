/** The history of a simulated fleet, played through the workers of EzPay. */
import { describe, expect, it } from 'vitest';
import { begins, livesOf, simulated } from '../../../bin/cli/predictor/fleet.history.ts';
import { playCar } from '../../../bin/cli/predictor/play.ts';
import { TooLittle, train } from '../../../functions/ezpay/training/train.ts';
import { deliveriesOf } from '../../../local/fleet/device.ts';

const small = { seed: 3, cars: 3, days: 4, profile: 'mixed' } as const;

describe('a simulated history', () => {
  it('[EZP-11] is the same from the same seed, and another from another', async () => {
    const first = await simulated(small);
    expect(first.length).toBeGreaterThan(20);
    expect(await simulated(small)).toEqual(first);
    expect(await simulated({ ...small, seed: 4 })).not.toEqual(first);
  }, 60_000);

  it('[EZP-11] too small to learn from is refused', async () => {
    const few = await simulated({ ...small, days: 1 });
    expect(() => train(few, { source: 'simulated' }, 0.98)).toThrow(TooLittle);
  });

  it('[EZP-11] ends each order as the fleet drove: no order is confirmed by an argo that did not run', async () => {
    const [life] = livesOf({ seed: 5, cars: 1, days: 10 });
    if (!life) throw new Error('there is no car');
    const journey = { seed: 5, from: begins, hours: 240, profile: 'healthy' } as const;
    const played = await playCar(life, deliveriesOf(life, journey), { mode: 'async', predictor: 'off' });
    expect(played).toHaveLength(life.scans.length);
    const byArgo = played.filter(({ order }) => order.status === 'CONFIRMED' && order.witness.by === 'argo');
    const ran = ({ scan }: (typeof played)[number]) =>
      life.trips.some(({ argo }) => argo && scan.at >= argo.startedAt - 300_000 && scan.at <= argo.stoppedAt);
    expect(byArgo.filter((one) => !ran(one))).toEqual([]);
    expect(byArgo.length).toBeGreaterThan(20);
  });

  it('[EZP-11] ends the orders of a lossy fleet in every way: by argo, by driver, denied and unanswered', async () => {
    const ways = new Set<string>();
    for (const life of livesOf({ seed: 3, cars: 3, days: 4 })) {
      const deliveries = deliveriesOf(life, { seed: 3, from: begins, hours: 96, profile: 'mixed' });
      for (const { order } of await playCar(life, deliveries, { mode: 'async', predictor: 'off' }))
        ways.add(order.status === 'CONFIRMED' ? order.witness.by : 'reason' in order ? order.reason : order.status);
    }
    expect([...ways].toSorted()).toEqual(['ARGO_NOT_STARTED', 'DRIVER_DENIED', 'argo', 'driver']);
  }, 60_000);
});
