/** The simulated payment gateway, started when the stack has a webhook for it. */
import { join } from 'node:path';
import { midtransKey } from '../gateway/own-key.ts';
import { startMidtrans } from '../gateway/start.ts';
import { usualPorts } from './addresses.ts';
import type { Needs } from './parts.ts';

const merchantId = 'G700000001';

/** @returns its URL, empty when the stack takes no payments, and what the functions must know of it */
export const openMidtrans = async (parts: Needs<'stack' | 'state' | 'addresses' | 'takePort' | 'teardown'>) => {
  const { stack, state, addresses, takePort, teardown } = parts;
  const webhook = stack.outputs().WebhookUrl;
  if (webhook === undefined) return { url: '', variables: {} };
  const serverKey = midtransKey();
  const { url, stop } = await startMidtrans({
    port: await takePort('midtrans', { usual: usualPorts.midtrans }),
    serverKey,
    merchantId,
    notificationUrl: addresses.rewrite(webhook),
    ...(state.memory ? {} : { journalFile: join(state.directory, 'midtrans.jsonl') }),
  });
  teardown.add('gateway', stop);
  return { url, variables: { MIDTRANS_URL: url, MIDTRANS_SERVER_KEYS: serverKey, MIDTRANS_MERCHANT_ID: merchantId } };
};
