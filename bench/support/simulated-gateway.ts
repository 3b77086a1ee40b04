/** The simulated gateway; its notifications go to its log only: a benchmark delivers them itself. */
import { orderId } from '../../functions/kernel/order-number.ts';
import { instant } from '../../functions/kernel/types.ts';
import { type PaymentRef, paymentRefOf } from '../../functions/payments/payment.ts';
import { startMidtrans } from '../../local/gateway/start.ts';

export const serverKey = 'bench-server-key';
export const merchantId = 'G700000001';
export const fare = 87_000;

let orders = 2 ** 33;
/** A new gateway order id. */
export const someRef = (): PaymentRef => {
  orders += 1;
  const now = Date.now();
  return paymentRefOf(orderId(orders, instant(now)), Math.floor(now / 1_000));
};

export const openGateway = async () => {
  const { url, control, stop } = await startMidtrans({
    serverKey,
    merchantId,
    notificationUrl: 'http://127.0.0.1:9/nowhere',
    faults: [{ fault: { kind: 'lost' } }],
  });
  const authorization = `Basic ${Buffer.from(`${serverKey}:`).toString('base64')}`;
  const toldOf = (ref: PaymentRef, status: string): string => {
    const sent = control.notifications(ref).find((one) => one.status === status);
    if (!sent) throw new Error(`the simulated gateway sent no ${status} of ${ref}`);
    return sent.body;
  };
  const pays = async (ref: PaymentRef) => {
    control.pay(ref);
    await control.idle();
    return { pending: toldOf(ref, 'pending'), settlement: toldOf(ref, 'settlement') };
  };
  return {
    url,
    stop,
    /** The customer pays what was charged. @returns the bodies of its notifications, signed by the gateway */
    pays,
    /** Charged by another system, and paid. @returns the body of its notification */
    paid: async (ref: PaymentRef): Promise<string> => {
      const response = await fetch(`${url}/v2/charge`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json', authorization },
        body: JSON.stringify({
          payment_type: 'bank_transfer',
          bank_transfer: { bank: 'bca' },
          transaction_details: { order_id: ref, gross_amount: fare },
        }),
      });
      if (!response.ok) throw new Error(`the simulated gateway answered ${response.status}: ${await response.text()}`);
      await response.arrayBuffer();
      return (await pays(ref)).settlement;
    },
  };
};
export type SimulatedGateway = Awaited<ReturnType<typeof openGateway>>;
