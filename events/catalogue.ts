/** Every event on the bus. `npm run events` makes the published JSON Schemas, the first samples and docs/events.md from it. */
import type * as z from 'zod/mini';
import * as argo from './argo.ts';
import * as driver from './driver.ts';
import * as ezpay from './ezpay.ts';
import * as order from './order.ts';
import * as payment from './payment.ts';
import * as ride from './ride.ts';

export type Entry = {
  readonly type: string;
  readonly source: string;
  readonly says: string;
  readonly schema: z.ZodMiniType;
};

export const catalogue: readonly Entry[] = [ride, driver, argo, ezpay, order, payment].flatMap((declarations) =>
  Object.values<Entry>(declarations),
);
