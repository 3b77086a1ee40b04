/** The commands of payments, for its own routes and workers and for other contexts. */
import type { Key } from '../kernel/keys.ts';
import { orderAt } from '../orders/rules.ts';
import { breaker } from '../platform/breaker.ts';
import { required } from '../platform/env.ts';
import type { Env, Ports } from '../platform/ports.ts';
import { store } from '../platform/store.ts';
import type { ChargeDeps } from './charge/charge.ts';
import { midtrans } from './gateway/midtrans.client.ts';
import { serverKeys } from './gateway/server-keys.ts';
import { earlyStore, isEarlyKey } from './notifications/early.store.ts';
import { syncLog } from './notifications/sync-log.store.ts';
import { paymentPrefix } from './payment.ts';
import { paymentsOf } from './payments.store.ts';

export { cancel, check } from './charge/cancel.ts';
export { type Charge, type ChargeDeps, type Charged, charge } from './charge/charge.ts';
export { paidBackByHand, refund, refundKeyOf } from './refund/request-refund.ts';

/** The dependencies of a function that talks to the gateway. */
export const paymentsDeps = (ports: Ports<'dynamo'>, env: Env): ChargeDeps => {
  const table = required(env, 'STATE_TABLE');
  return {
    store: store(ports, table),
    paymentsOf: paymentsOf(ports.dynamo, table),
    early: earlyStore(ports.dynamo, table),
    syncLog: syncLog(ports.dynamo, required(env, 'STORY_TABLE')),
    gateway: midtrans(ports, {
      baseUrl: required(env, 'MIDTRANS_URL'),
      keys: serverKeys(ports, env),
      breaker: breaker(ports, table, 'midtrans'),
      notifyUrl: env.MIDTRANS_NOTIFY_URL || undefined,
    }),
    merchantId: env.MIDTRANS_MERCHANT_ID || undefined,
    now: ports.now,
  };
};

/** Whether the deadline of the item at this key calls the gateway: then it is woken by the gateway queue. */
export const isAtGateway = (key: Key): boolean =>
  isEarlyKey(key) || key.sk.startsWith(paymentPrefix) || orderAt(key) !== undefined;
