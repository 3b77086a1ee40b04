/** What stored items look like, today and where an order keeps its payments: known here only. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { World } from './world.ts';

export type Item = Readonly<Record<string, unknown>>;
/** As the table has them. */
export type Attributes = Readonly<Record<string, AttributeValue>>;
/** What a notification did, in its line of the sync log. */
export const effectIn = ({ effect }: Attributes): string | undefined => effect?.S;

type Amounts = Readonly<Record<string, number>>;

export type Ride = {
  readonly status: string;
  readonly riderId: string;
  readonly driverId?: string;
  /** The order changes in the same write. */
  readonly hasOrder?: boolean;
};
export type Share = {
  readonly purpose: string;
  readonly version: number;
  readonly left: number;
  readonly returning: number;
  readonly isOpen: boolean;
};
type OrderState = {
  readonly status: string;
  readonly riderId: string;
  readonly driverId?: string;
  readonly owed: Amounts;
  readonly cash: Amounts;
  readonly payments: Readonly<Record<string, Share>>;
};
export type Scan = { readonly status: string; readonly customerId: string };
type DriverState = {
  readonly driverId: string;
  readonly busy?: { readonly by: string; readonly orderId?: string; readonly until: number };
};
export type Refund = {
  readonly key: string;
  readonly amount: number;
  readonly status: string;
  /** The second transaction it pays back. */
  readonly of?: string;
};
type Ledger = {
  readonly received: number;
  readonly counted: number;
  readonly chargedBack: number;
  readonly reversed: number;
};
type Money = { readonly ledger?: Ledger; readonly refunds: readonly Refund[] };
type Standing = { readonly status: string; readonly published?: Money };
type PaymentState = Money & { readonly ref: string; readonly standing: Standing };

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const totalOf = (amounts: Amounts): number => sum(Object.values(amounts));

export const orderIn = (item: Item) => {
  const { owed, cash, payments, ...state } = item.state as OrderState;
  const shares = Object.values(payments);
  const tips = sum(shares.map(({ purpose, left }) => (purpose === 'tip' ? left : 0)));
  return {
    ...state,
    payments,
    /** What is to be paid in all: a tip is owed as far as it is paid. */
    owed: totalOf(owed) + tips,
    cash: totalOf(cash),
    held: totalOf(cash) + sum(shares.map(({ left }) => left)),
    hasDeadline: item.dueAt !== undefined,
  };
};
export type Order = ReturnType<typeof orderIn>;

export const rideIn = (item: Item): Ride => item.state as Ride;

export const driverIn = (item: Item) => {
  const { driverId, busy } = item.state as DriverState;
  return { driverId, busyBy: busy?.by, busyWith: busy?.orderId };
};

const open = new Set(['REQUESTED', 'MANUAL']);
const waiting = new Set(['INTENDED', 'UNKNOWN', 'PENDING', 'AUTHORIZED', 'REVIEW']);
const listed = new Set(['ACCEPTED', 'CONFIRMED']);
const returned = new Set([...listed, 'PAID_BACK']);

/** Of a held payment, what was published before the hold. */
const shownOf = ({ standing, ...now }: PaymentState): Money => standing.published ?? now;
const leftOf = ({ ledger, refunds }: Money): number => {
  if (!ledger) return 0;
  const of = (matches: (status: string) => boolean): number =>
    sum(refunds.filter((one) => one.of === undefined && matches(one.status)).map(({ amount }) => amount));
  const byGateway = Math.max(
    ledger.counted,
    of((status) => listed.has(status)),
  );
  const byHand = of((status) => status === 'PAID_BACK');
  return Math.max(0, ledger.received - byGateway - byHand - ledger.chargedBack - ledger.reversed);
};

/** What went back other than as a surplus: nobody is to pay it again. */
const givenBackOf = (money: Money): number => {
  const { ledger, refunds } = money;
  if (!ledger || ledger.reversed > 0) return 0;
  const surplus = refunds.filter(
    ({ key, status, of }) => of === undefined && key.startsWith('surplus-') && returned.has(status),
  );
  return Math.max(0, ledger.received - leftOf(money) - sum(surplus.map(({ amount }) => amount)));
};

export const paymentIn = (item: Item) => {
  const state = item.state as PaymentState;
  const { refunds } = state;
  return {
    ref: state.ref,
    status: state.standing.status,
    version: item.version as number,
    refunds,
    openRefunds: refunds.filter(({ status }) => open.has(status)),
    isWaiting: waiting.has(state.standing.status),
    left: leftOf(shownOf(state)),
    givenBack: givenBackOf(state),
  };
};
export type Payment = ReturnType<typeof paymentIn>;

/** The status that an item shows. */
export const statusOf = ({ state }: Item): string => {
  const { status, standing } = (state ?? {}) as { readonly status?: string; readonly standing?: Standing };
  return status ?? standing?.status ?? '-';
};

export const runningRide = new Set(['ACCEPTED', 'PICKED_UP']);
/** Ended without a trip. */
export const endedRide = new Set(['DECLINED', 'CANCELLED', 'EXPIRED']);
export const searchingRide = new Set(['PENDING', 'SEARCHING']);
export const finishedOrder = new Set(['FINISHED', 'PAID']);

type Found<Seen> = Seen & { readonly pk: string };

/** Everything stored, by kind; each with the partition of its order. */
export const stateOf = (world: Pick<World, 'tables' | 'names'>) => {
  const all = world.tables.truth.all(world.names.state).filter(({ state }) => state !== undefined) as (Item & {
    readonly pk: string;
    readonly sk: string;
  })[];
  const of = <Seen>(matches: (sk: string) => boolean, read: (item: Item) => Seen): readonly Found<Seen>[] =>
    all.filter(({ sk }) => matches(sk)).map((item) => ({ ...read(item), pk: item.pk }));
  return {
    rides: of((sk) => sk === 'RIDE', rideIn),
    orders: of((sk) => sk === 'ORDER', orderIn),
    drivers: of((sk) => sk === 'DRIVER', driverIn),
    scans: of(
      (sk) => sk === 'EZPAY',
      ({ state }) => state as Scan,
    ),
    payments: of((sk) => sk.startsWith('PAYMENT#'), paymentIn),
  };
};
export type Stored = ReturnType<typeof stateOf>;
