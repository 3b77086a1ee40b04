/** A running stack with its server key from the environment: what the key everybody knows has signed is forged. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../support/own-stack.ts';
import { notificationOf, type PaymentsStack, paymentsStack, signed } from '../support/payments-stack.ts';

const before = process.env.TUNTAS_MIDTRANS_SERVER_KEY;
let stack: PaymentsStack;
beforeAll(async () => {
  process.env.TUNTAS_MIDTRANS_SERVER_KEY = 'SB-Mid-server-OWN';
  stack = await paymentsStack();
}, 120_000);
afterAll(async () => {
  await stack.end();
  if (before === undefined) delete process.env.TUNTAS_MIDTRANS_SERVER_KEY;
  else process.env.TUNTAS_MIDTRANS_SERVER_KEY = before;
});

describe('a stack with its own server key', () => {
  it('[PAY-2] answers 401 to the known key, takes its own, and is paid through the simulated gateway', async () => {
    const { ref, orderId } = await stack.charged();
    const { signature_key: _, ...body } = notificationOf(ref);
    expect((await stack.post(signed(body, 'local-server-key'))).status).toBe(401);
    expect((await stack.post(signed(body, 'SB-Mid-server-OWN'))).status).toBe(200);
    await stack.gateway('POST', `transactions/${ref}/pay`);
    await until(async () => (await stack.order(orderId)) === 'PAID');
  });
});
