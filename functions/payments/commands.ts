/** What can be asked of payments, by its own routes and workers and by other contexts. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { breaker } from '../platform/breaker.ts';
import { env } from '../platform/env.ts';
import { store } from '../platform/store.ts';
import { instant } from '../platform/types.ts';
import type { ChargeDeps } from './charging.ts';
import { earlyStore } from './early.store.ts';
import { midtrans } from './midtrans.client.ts';
import { paymentsOf } from './payments.store.ts';
import { serverKeys } from './server-keys.ts';
import { syncLog } from './sync-log.store.ts';

export { cancel, check } from './cancelling.ts';
export { type Charge, type ChargeDeps, type Charged, charge } from './charging.ts';
export { paidBackByHand, refund, refundKeyOf } from './refunding.ts';

/** The dependencies of a function that talks to the gateway, from its environment. */
export const paymentsDeps = (client: DynamoDBClient): ChargeDeps => {
  const table = env('STATE_TABLE');
  return {
    store: store(client, table),
    paymentsOf: paymentsOf(client, table),
    early: earlyStore(client, table),
    syncLog: syncLog(client, env('STORY_TABLE')),
    gateway: midtrans({
      baseUrl: env('MIDTRANS_URL'),
      keys: serverKeys(process.env, Date.now),
      breaker: breaker(client, table, 'midtrans', Date.now),
      notifyUrl: process.env.MIDTRANS_NOTIFY_URL || undefined,
      now: Date.now,
      random: Math.random,
    }),
    merchantId: process.env.MIDTRANS_MERCHANT_ID || undefined,
    now: () => instant(Date.now()),
  };
};
