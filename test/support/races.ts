/** Several actors race for rides, orders and drivers on the model of the table. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import {
  accept,
  cancel,
  decline,
  movePickup,
  pickUp,
  reportDriver,
  rideDeadline,
} from '../../functions/dispatch/commands.ts';
import { requestRide } from '../../functions/dispatch/ride.decider.ts';
import { type Canceller, type Ride, type RideRequest, rideRef } from '../../functions/dispatch/ride.ts';
import type { Decision } from '../../functions/kernel/decision.ts';
import { Conflict } from '../../functions/kernel/errors.ts';
import { rupiah } from '../../functions/kernel/rupiah.ts';
import type { DriverId, OrderId } from '../../functions/kernel/types.ts';
import { finish, type Order } from '../../functions/orders/commands.ts';
import { store } from '../../functions/platform/store.ts';
import { at, noFees, request } from './dispatch.ts';
import { interleave, type Rules } from './interleaving.ts';
import { clientOf, memoryTable, type Written } from './memory-table.ts';
import { testPorts } from './ports.ts';
import { brokenInHistory, disagreements, type RideRow } from './ride-laws.ts';

export type Move = { readonly rideId: OrderId } & (
  | { readonly kind: 'accept' | 'decline' | 'report' | 'pick-up' | 'finish'; readonly driverId: DriverId }
  | { readonly kind: 'cancel'; readonly by: Canceller }
  | { readonly kind: 'pickup'; readonly sequence: number }
  | { readonly kind: 'deadline'; readonly seconds: number; readonly found: readonly DriverId[] }
);
export type Race = {
  readonly rides: readonly {
    readonly fields: Partial<RideRequest> & { readonly rideId: OrderId };
    readonly drivers: readonly DriverId[];
  }[];
  /** What happened before the race, one after another. */
  readonly before?: readonly Move[];
  readonly moves: readonly Move[];
};
export type Finish = {
  readonly violations: readonly string[];
  /** The outcome of each move, in the order of the moves; of a refusal its code. */
  readonly outcomes: readonly (string | undefined)[];
  /** The last write of each ride. */
  readonly statuses: readonly (Ride['status'] | undefined)[];
  /** Writes that met another one and were decided again. */
  readonly lostRaces: number;
  /** Moves that lost so often that the caller has to repeat them. */
  readonly gaveUp: number;
};

const table = 'State';
/** The pauses after a lost race take no time: the scheduler, not the clock, decides who is next. */
const portsOf = (dynamo: DynamoDBClient) => testPorts({ dynamo }).ports;

const made = (move: Move, client: DynamoDBClient): Promise<{ readonly decision: Decision<unknown> }> => {
  const { rideId } = move;
  const deps = {
    store: store(portsOf(client), table),
    findDrivers: async () => (move.kind === 'deadline' ? move.found : []),
    cancellation: noFees,
  };
  switch (move.kind) {
    case 'accept':
      return accept(deps, rideId, { driverId: move.driverId, at: at(10) });
    case 'decline':
      return decline(deps, rideId, { driverId: move.driverId, reason: 'too far', at: at(10) });
    case 'report':
      return reportDriver(deps, {
        driverId: move.driverId,
        onDuty: true,
        position: { lat: -6.2, lng: 106.8 },
        at: at(10),
      });
    case 'pick-up':
      return pickUp(deps, rideId, { by: () => ({ role: 'driver', id: move.driverId }), at: at(10) });
    case 'finish':
      return finish(deps, rideId, { fare: rupiah(87_000), driverId: move.driverId, at: at(10) });
    case 'cancel':
      return cancel(deps, rideId, { by: () => move.by, reason: 'plans changed', at: at(10) });
    case 'pickup':
      return movePickup(
        deps,
        rideId,
        { pickup: { lat: -6.3, lng: 106.9, sequence: move.sequence }, at: at(10) },
        () => true,
      );
    case 'deadline':
      return rideDeadline(deps, rideId, at(move.seconds));
  }
};

const isLost = (error: unknown): boolean => error instanceof Error && error.name === 'TimeoutError';

/** An app that got no answer repeats the request, twice. */
const untilAnswered =
  (move: Move) =>
  async (client: DynamoDBClient): Promise<Decision<unknown>> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return (await made(move, client)).decision;
      } catch (error) {
        if (!isLost(error) || attempt === 3) throw error;
      }
    }
  };

/** Every answer agrees with what is stored. */
const brokenAnswer = (move: Move, decision: Decision<unknown>, rows: readonly RideRow[]): string | false => {
  const rides = rows.map(({ state }) => state);
  const last = rides.at(-1);
  const refused = decision.outcome === 'refused' ? decision.refusal.code : undefined;
  switch (move.kind) {
    case 'accept':
      return (
        !refused &&
        !rides.some((ride) => ride.status === 'ACCEPTED' && ride.driverId === move.driverId) &&
        'an acceptance is lost'
      );
    case 'decline':
      if (refused) return refused !== 'NOT_OFFERED_TO_DRIVER' && `a decline is refused with ${refused}`;
      if (decision.outcome === 'nothing')
        return (
          last?.offers[move.driverId]?.status === 'PENDING' &&
          !rides.some(({ offers }) => offers[move.driverId]?.status === 'WITHDRAWN') &&
          'a decline is taken for an old one'
        );
      return last?.offers[move.driverId]?.status !== 'DECLINED' && 'a decline is lost';
    case 'cancel':
      if (refused || !last) return false;
      return (
        !rides.some(({ status }) => status === 'CANCELLED' || status === 'DECLINED' || status === 'EXPIRED') &&
        !(move.by.role === 'driver' && last.offers[move.by.id]?.status === 'GIVEN_BACK') &&
        'a cancellation is lost'
      );
    case 'pick-up':
      return !refused && !rides.some(({ status }) => status === 'PICKED_UP') && 'a pick-up is lost';
    case 'finish':
      return !refused && last?.status !== 'COMPLETED' && 'a finish is lost';
    case 'pickup':
      return (
        decision.outcome === 'happened' &&
        !rides.some(({ pickup }) => pickup.sequence === move.sequence) &&
        'a pickup is lost'
      );
    case 'report':
    case 'deadline':
      return false;
  }
};

const brokenEnd = (
  move: Move,
  end: PromiseSettledResult<unknown> | undefined,
  rows: readonly RideRow[],
): string | false => {
  if (end?.status === 'fulfilled') return brokenAnswer(move, end.value as Decision<unknown>, rows);
  if (!end || end.reason instanceof Conflict || isLost(end.reason)) return false;
  return `${move.kind} ends with ${end.reason}`;
};

/** Records every write, and compares rides and drivers after every step. */
const watch = () => {
  const history = new Map<string, RideRow[]>();
  const rides = new Map<OrderId, Ride>();
  const orders = new Map<OrderId, Order>();
  const busy = new Map<DriverId, OrderId | undefined>();
  const broken = new Set<string>();
  const onWrite = ({ key, item }: Written): void => {
    const row = unmarshall(item ?? {}) as RideRow & {
      state: Order & { driverId: DriverId; busy?: { orderId?: OrderId } };
    };
    if (key.startsWith('DRIVER#')) busy.set(row.state.driverId, row.state.busy?.orderId);
    else if (key.endsWith(' ORDER')) orders.set(row.state.orderId, row.state);
    else {
      history.set(key, [...(history.get(key) ?? []), row]);
      rides.set(row.state.rideId, row.state);
    }
  };
  const compare = (): void => {
    for (const difference of disagreements({ rides, orders, busy })) broken.add(difference);
  };
  return { history, broken, onWrite, compare };
};

export const run = async ({ rides, before = [], moves }: Race, rules: Omit<Rules, 'afterStep'>): Promise<Finish> => {
  const { history, broken, onWrite, compare } = watch();
  const rows = memoryTable(onWrite);
  const { create } = store(portsOf(clientOf(rows)), table);
  for (const { fields, drivers } of rides) await create(rideRef(fields.rideId), requestRide(request(fields), drivers));
  for (const move of before) await made(move, clientOf(rows));

  let lostRaces = 0;
  const begin: typeof rows.begin = (command) => {
    try {
      return rows.begin(command);
    } catch (error) {
      lostRaces += 1;
      throw error;
    }
  };
  const ends = await interleave(moves.map(untilAnswered), { begin }, { ...rules, afterStep: compare });
  for (const written of history.values()) for (const law of brokenInHistory(written)) broken.add(law);
  moves.forEach((move, i) => {
    const answer = brokenEnd(move, ends[i], history.get(`ORDER#${move.rideId} RIDE`) ?? []);
    if (answer) broken.add(answer);
  });
  const gaveUp = ends.filter((end) => end?.status === 'rejected' && end.reason instanceof Conflict).length;
  const outcomes = ends.map((end) => {
    const decision = end?.status === 'fulfilled' ? (end.value as Decision<unknown>) : undefined;
    return decision?.outcome === 'refused' ? decision.refusal.code : decision?.outcome;
  });
  const statuses = rides.map(({ fields: { rideId } }) => history.get(`ORDER#${rideId} RIDE`)?.at(-1)?.state.status);
  return { violations: [...broken], outcomes, statuses, lostRaces, gaveUp };
};
