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
export type PaymentSeen = {
  readonly purpose: string;
  readonly version: number;
  readonly left: number;
  readonly open: boolean;
};
type OrderState = {
  readonly status: string;
  readonly riderId: string;
  readonly driverId?: string;
  readonly fare?: number;
  readonly paymentRef?: string;
  readonly lines?: Amounts;
  readonly cash?: Amounts;
  readonly payments?: Readonly<Record<string, PaymentSeen>>;
};
export type Scan = { readonly status: string; readonly customerId: string };
type DriverState = {
  readonly driverId: string;
  readonly orderId?: string;
  readonly busy?: { readonly by: string; readonly orderId?: string; readonly until?: number };
};
export type Refund = {
  readonly key: string;
  readonly amount: number;
  readonly status: string;
  /** The second transaction it pays back. */
  readonly of?: string;
};
type Standing = { readonly status: string; readonly paidAt?: number; readonly chargedBack?: number };
type PaymentState = {
  readonly ref: string;
  readonly amount: number;
  readonly standing: Standing;
  readonly refunds?: readonly Refund[] | Readonly<Record<string, Refund>>;
  readonly left?: number;
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const totalOf = (amounts: Amounts = {}): number => sum(Object.values(amounts));

export const orderIn = (item: Item) => {
  const { lines, cash, ...state } = item.state as OrderState;
  const isOver = state.status === 'FINISHED' || state.status === 'PAID';
  const inCash = state.paymentRef?.endsWith('-cash') ? (state.fare ?? 0) : 0;
  return {
    ...state,
    /** What is to be paid in all. */
    owed: lines ? totalOf(lines) : isOver ? (state.fare ?? 0) : 0,
    cash: cash ? totalOf(cash) : inCash,
    hasDeadline: item.dueAt !== undefined,
  };
};
export type Order = ReturnType<typeof orderIn>;

export const rideIn = (item: Item): Ride => item.state as Ride;

export const driverIn = (item: Item) => {
  const { driverId, orderId, busy } = item.state as DriverState;
  return { driverId, busyWith: busy ? busy.orderId : orderId, hasDeadline: item.dueAt !== undefined };
};

const open = new Set(['REQUESTED', 'MANUAL']);
const waiting = new Set(['INTENDED', 'UNKNOWN', 'PENDING', 'AUTHORIZED', 'REVIEW']);
const returned = new Set(['ACCEPTED', 'CONFIRMED', 'PAID_BACK']);

/** Undefined while a hold covers what is known. */
const leftOf = ({ amount, standing, left }: PaymentState, refunds: readonly Refund[]): number | undefined => {
  if (left !== undefined) return left;
  if (standing.status === 'HELD') return undefined;
  if (standing.paidAt === undefined || standing.status === 'REVERSED') return 0;
  const back = refunds.filter(({ status, of }) => of === undefined && returned.has(status));
  return amount - sum(back.map((refund) => refund.amount)) - (standing.chargedBack ?? 0);
};

export const paymentIn = (item: Item) => {
  const state = item.state as PaymentState;
  const refunds = Object.values(state.refunds ?? {});
  return {
    ref: state.ref,
    status: state.standing.status,
    version: item.version as number,
    refunds,
    openRefunds: refunds.filter(({ status }) => open.has(status)),
    isWaiting: waiting.has(state.standing.status),
    left: leftOf(state, refunds),
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
