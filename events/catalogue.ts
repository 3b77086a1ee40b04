/** Every event on the bus. `npm run events` makes the JSON Schemas, the first samples and docs/events.md from it. */
import * as argo from './argo.ts';
import * as driver from './driver.ts';
import type { EventDeclaration } from './event.ts';
import * as ezpay from './ezpay.ts';
import * as order from './order.ts';
import * as payment from './payment.ts';
import * as ride from './ride.ts';

/** An event as it is declared; what it is made from differs from one to the next. */
export type Entry = Pick<EventDeclaration, 'type' | 'of' | 'meaning' | 'schema'>;

export const catalogue: readonly Entry[] = [ride, driver, argo, ezpay, order, payment].flatMap((declarations) =>
  // In one order, whatever runs it: a namespace has its names sorted or as they are declared.
  Object.values<Entry>(declarations).toSorted((a, b) => a.type.localeCompare(b.type)),
);
