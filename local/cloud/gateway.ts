/** The simulated gateway beside the stack: started when the stack has a webhook for it. */
import { join } from 'node:path';
import { midtransKey } from '../gateway/own-key.ts';
import { startMidtrans } from '../gateway/start.ts';
import type { portsOf } from '../server/ports.ts';
import { type Places, USUAL } from './addresses.ts';
import type { State } from './state.ts';
import type { Stack } from './template/stack.ts';

export interface MidtransBeside {
  /** Where it answers; empty when the stack takes no payments. */
  readonly url: string;
  /** What the functions must know of it. */
  readonly variables: Readonly<Record<string, string>>;
  readonly stop?: () => Promise<void>;
}

export interface MidtransBesideOptions {
  readonly stack: Stack;
  readonly state: State;
  readonly places: Places;
  readonly takePort: ReturnType<typeof portsOf>;
  readonly scale: number;
}

const merchantId = 'G700000001';

export const openMidtrans = async ({
  stack,
  state,
  places,
  takePort,
  scale,
}: MidtransBesideOptions): Promise<MidtransBeside> => {
  const webhook = stack.outputs().WebhookUrl;
  if (webhook === undefined) return { url: '', variables: {} };
  const serverKey = midtransKey();
  const { url, stop } = await startMidtrans({
    port: await takePort('midtrans', { usual: USUAL.midtrans }),
    serverKey,
    merchantId,
    notificationUrl: places.rewrite(webhook),
    scale,
    ...(state.memory ? {} : { journalFile: join(state.directory, 'midtrans.jsonl') }),
  });
  return {
    url,
    stop,
    variables: { MIDTRANS_URL: url, MIDTRANS_SERVER_KEYS: serverKey, MIDTRANS_MERCHANT_ID: merchantId },
  };
};
