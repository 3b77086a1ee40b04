/** What the gateway works with: the merchant's account, the transactions, the fault script and the clock. */
import type { CardTokens } from './cards.ts';
import type { Chances } from './chance.ts';
import type { Clock } from './clock.ts';
import type { Faults } from './faults.ts';
import type { Method } from './methods.ts';
import type { Notifier } from './notifier.ts';
import type { Store } from './store.ts';
import type { Instant, Rupiah } from './transaction.ts';

export type Merchant = {
  readonly merchantId: string;
  readonly serverKey: string;
  readonly clientKey: string;
  /** The notification URLs of the dashboard. */
  readonly destinations: readonly string[];
  /** Methods that were not activated: 402. */
  readonly inactive: readonly Method[];
  /** What refunds can be taken from, whole rupiah. */
  balance: Rupiah;
  /** When each refund key was first used, and whether its refund was made. */
  readonly refundKeys: Map<string, { readonly since: Instant; readonly made: boolean }>;
};

export type Context = {
  readonly merchant: Merchant;
  readonly store: Store;
  readonly notifier: Notifier;
  readonly faults: Faults;
  readonly tokens: CardTokens;
  readonly clock: Clock;
  readonly chances: Chances;
  /** The address of this gateway, for the links in its answers. */
  readonly url: () => string;
};
