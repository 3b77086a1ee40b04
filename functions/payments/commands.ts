/** What can be asked of payments, by its own routes and workers and by other contexts. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { instant } from '../kernel/types.ts';
import { breaker } from '../platform/breaker.ts';
import { env } from '../platform/env.ts';
import { store } from '../platform/store.ts';
import type { ChargeDeps } from './charge/charge.ts';
import { midtrans } from './gateway/midtrans.client.ts';
import { serverKeys } from './gateway/server-keys.ts';
import { earlyStore } from './notifications/early.store.ts';
import { syncLog } from './notifications/sync-log.store.ts';
import { paymentsOf } from './payments.store.ts';

export { cancel, check } from './charge/cancel.ts';
export { type Charge, type ChargeDeps, type Charged, charge } from './charge/charge.ts';
export { paidBackByHand, refund, refundKeyOf } from './refund/request-refund.ts';

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
