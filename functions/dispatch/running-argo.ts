/** A driver is occupied while the argo of their car runs. The event is the occasion; the argo is read each time. */
import { isRunning, argoRef as refOfArgo } from '../ezpay/rules.ts';
import { nothing } from '../kernel/decision.ts';
import { Conflict } from '../kernel/errors.ts';
import type { DriverId, Instant } from '../kernel/types.ts';
import type { Store } from '../platform/store.ts';
import { type Driver, driverRef } from './driver.ts';
import { busyUntil, occupy, release } from './occupation.decider.ts';

const attempts = 5;

/**
 * Occupies or frees a driver by the argo of the car they drive now. It is read again after each change, so that of two
 * events the one with the newer reading writes last.
 */
export const followArgo = async (
  { store }: { readonly store: Store },
  driverId: DriverId,
  at: Instant,
): Promise<Driver | undefined> => {
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const loaded = await store.load(driverRef(driverId));
    const car = loaded.state?.car;
    const argo = car && (await store.load(refOfArgo(car))).state;
    const runs = argo ? isRunning(argo.events, at) : false;
    const { decision, state } = await store.transition(
      driverRef(driverId),
      (driver) => {
        if (!driver || driver.car !== car) return nothing('drives-another-car');
        return runs
          ? occupy({ by: 'argo', until: busyUntil('argo', at), at }, driver)
          : release({ by: 'argo', at }, driver);
      },
      loaded,
    );
    if (decision.outcome !== 'happened' && state?.car === car) return state;
  }
  throw new Conflict(`the argo of the car of ${driverId} changed ${attempts} times`);
};
