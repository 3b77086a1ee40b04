/** The argo of a car was started or stopped: its driver is occupied or free, and asked to finish the trip. */
import { followArgo } from '../dispatch/commands.ts';
import type { CarId, DriverId, Instant } from '../kernel/types.ts';
import { orderRef, proposeFinish } from '../orders/rules.ts';
import { fareAt } from './argo.now.ts';
import { argoRef } from './argo.ts';
import type { EzPayDeps } from './commands.ts';
import type { EzPay } from './ezpay.ts';

type StoreDeps = Pick<EzPayDeps, 'store'>;

/** The argo ended a confirmed trip: its driver is asked to finish it, with the fare that the device reported. */
export const proposeFinishOfScan = async (
  { store }: StoreDeps,
  scan: EzPay | undefined,
  at: Instant,
): Promise<void> => {
  const stoppedAt = scan?.status === 'CONFIRMED' ? scan.trip?.stoppedAt : undefined;
  if (!scan || stoppedAt === undefined) return;
  const { state: argo } = await store.load(argoRef(scan.car));
  const fare = argo && fareAt(argo.events, stoppedAt);
  await store.transition(orderRef(scan.orderId), (order) => proposeFinish({ stoppedAt, fare, at }, order));
};

type Stop = Omit<Parameters<typeof proposeFinish>[0], 'at'>;

/** The argo of a car was started or stopped: its driver is occupied or free, and the ride they drive may be over. */
export const followDriver = async (
  deps: StoreDeps,
  { driverId, car }: { readonly driverId: DriverId; readonly car: CarId },
  { stop, at }: { readonly stop: Stop | undefined; readonly at: Instant },
): Promise<void> => {
  const driver = await followArgo(deps, driverId, at);
  const { orderId, by } = driver?.busy ?? {};
  if (!stop || driver?.car !== car || by !== 'ride' || !orderId) return;
  await deps.store.transition(orderRef(orderId), (order) => proposeFinish({ ...stop, at }, order));
};
