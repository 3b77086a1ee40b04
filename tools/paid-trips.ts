/** Trips on a running stack that are over and paid at its simulated gateway, whose notifications are kept back. */
import { rupiah } from '../functions/kernel/rupiah.ts';
import type { OrderId } from '../functions/kernel/types.ts';
import type { ChargeDeps } from '../functions/payments/commands.ts';
import { type PaymentRef, paymentRefOf } from '../functions/payments/payment.ts';
import type { StackCalls } from './stack-calls.ts';

export type Notification = { readonly orderId: string; readonly status: string; readonly body: string };
export type Trip = {
  readonly orderId: OrderId;
  readonly riderId: string;
  readonly ref: PaymentRef;
  /** Charged at the gateway, while we have no record of it yet. */
  readonly early: boolean;
  /** Its notifications, signed by the gateway: that it waits, that it is paid. */
  readonly notifications: readonly Notification[];
};

export const fare = 87_000;
/** Riders, who are fewer than trips. */
export const riders = 16;

export const paidTrips = ({ by, bank }: StackCalls, { gateway }: Pick<ChargeDeps, 'gateway'>) => {
  const run = Date.now().toString(36);

  const finishedTrip = async (riderId: string, driverId: string): Promise<OrderId> => {
    const driver = ['driver', driverId] as const;
    const ride = {
      serviceLine: 'BB',
      pickup: { lat: -6.1767, lng: 106.8306, address: 'Stasiun Gambir' },
      destination: { lat: -6.1256, lng: 106.6559 },
      candidates: [driverId],
      offerTimeoutSeconds: 300,
    };
    const { rideId } = await by(['rider', riderId], 'POST /rides', ride);
    await by(driver, `POST /rides/${rideId}/accept`);
    await by(driver, `POST /rides/${rideId}/pick-up`);
    await by(driver, `POST /orders/${rideId}/finish`, { fare });
    return rideId as OrderId;
  };

  const chargedByApi = async (orderId: OrderId, riderId: string): Promise<PaymentRef> => {
    const body = { method: 'bca_va', email: `${riderId}@example.com` };
    const key = { 'idempotency-key': `key-${orderId}` };
    const { ref } = await by(['rider', riderId], `POST /orders/${orderId}/payments`, body, key);
    return ref as PaymentRef;
  };
  const chargedAtGateway = async (orderId: OrderId): Promise<PaymentRef> => {
    const ref = paymentRefOf(orderId, Math.floor(Date.now() / 1_000));
    const { outcome } = await gateway.charge({ ref, method: 'bca_va', amount: rupiah(fare) });
    if (outcome !== 'report') throw new Error(`the gateway answered ${outcome} to ${ref}`);
    return ref;
  };

  /** Paid at the gateway, which keeps the notifications back. */
  const paidTrip = async (n: number, early: boolean): Promise<Trip> => {
    const riderId = `payer-${run}-${n % riders}`;
    const orderId = await finishedTrip(riderId, `driver-${run}-${n}`);
    const { id } = await bank('POST', 'faults', { fault: { kind: 'lost' }, order: `${orderId}*` });
    const ref = early ? await chargedAtGateway(orderId) : await chargedByApi(orderId, riderId);
    await bank('POST', `transactions/${ref}/pay`, {});
    const sent = async (): Promise<readonly Notification[]> => bank('GET', `notifications?id=${ref}`);
    let notifications = await sent();
    while (notifications.length < 2) notifications = await sent();
    await bank('DELETE', `faults/${id}`);
    return {
      orderId,
      riderId,
      ref,
      early,
      notifications: notifications.map(({ status, body }) => ({ orderId, status, body })),
    };
  };

  return paidTrip;
};
