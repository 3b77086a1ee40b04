/** A simulated driver: the real client over the real WebSocket, with a behaviour for each offer. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type MakeWebSocket,
  type NewRideRequest,
  type Realtime,
  type RideNotification,
  type Tuntas,
  TuntasProblem,
} from '../../client/index.ts';
import { personOf, type Where } from './people.ts';

/** What a driver does with an offer, after `afterMs` (default: at once). */
export type Behaviour =
  | { readonly does: 'accept'; readonly afterMs?: number }
  | { readonly does: 'decline'; readonly afterMs?: number; readonly reason?: string }
  | { readonly does: 'nothing' };

/** `outcome`: `done`, `already-processed`, or the code of the problem (`RIDE_TAKEN`, …). */
export type Answered = { readonly rideId: string; readonly did: 'accept' | 'decline'; readonly outcome: string };

type DriverOptions = {
  readonly id: string;
  /** The same for every offer, or chosen for each. */
  readonly behaviour: Behaviour | ((offer: NewRideRequest) => Behaviour);
  /** Called with each offer the driver was shown, before they answer. */
  readonly onOffer?: (offer: NewRideRequest, driver: string) => void;
  readonly onAnswer?: (answer: Answered, driver: string) => void;
};

export type SimulatedDriver = Awaited<ReturnType<typeof simulatedDriver>>;

/** Calls back with what arrived before the client filtered it. */
const listening = (onMessage: (message: RideNotification) => void): MakeWebSocket =>
  class extends globalThis.WebSocket {
    constructor(url: string) {
      super(url);
      this.addEventListener('message', ({ data }) => onMessage(JSON.parse(String(data))));
    }
  } as unknown as MakeWebSocket;

/** @returns nothing when the driver does not answer, or the signal ended the wait */
const answerTo = async (
  client: Tuntas,
  { rideId }: NewRideRequest,
  chosen: Behaviour,
  signal: AbortSignal,
): Promise<Answered | undefined> => {
  if (chosen.does === 'nothing') return undefined;
  const { does, afterMs = 0 } = chosen;
  try {
    if (afterMs > 0) await sleep(afterMs, undefined, { signal });
    const { alreadyProcessed } =
      does === 'accept'
        ? await client.accept(rideId)
        : await client.decline(rideId, chosen.reason ? { reason: chosen.reason } : {});
    return { rideId, did: does, outcome: alreadyProcessed ? 'already-processed' : 'done' };
  } catch (error) {
    if (signal.aborted) return undefined;
    return { rideId, did: does, outcome: error instanceof TuntasProblem ? error.code : String(error) };
  }
};

/** @throws when it is not connected within 10 s */
const connected = (realtime: Realtime, id: string): Promise<void> =>
  new Promise((resolve, reject) => {
    let problem: unknown;
    realtime.on('problem', (last) => {
      problem = last;
    });
    const timer = setTimeout(() => {
      realtime.close();
      reject(new Error(`driver ${id} could not connect`, { cause: problem }));
    }, 10_000);
    realtime.on('connected', () => {
      clearTimeout(timer);
      resolve();
    });
  });

/** Resolves when the driver is connected. @throws when they are not within 10 s */
export const simulatedDriver = async (where: Where, { id, behaviour, onOffer, onAnswer }: DriverOptions) => {
  const arrivals: string[] = [];
  const offers: NewRideRequest[] = [];
  const notifications: RideNotification[] = [];
  const answers: Answered[] = [];
  const underWay = new Set<Promise<void>>();
  const leaving = new AbortController();
  let isOnDuty = false;
  const client = personOf(where, 'driver', id, {
    WebSocket: listening(({ type, rideId }) => void (type === 'NEW_RIDE_REQUEST' && arrivals.push(rideId))),
  });

  const answer = async (offer: NewRideRequest): Promise<void> => {
    const chosen = typeof behaviour === 'function' ? behaviour(offer) : behaviour;
    const answered = await answerTo(client, offer, chosen, leaving.signal);
    if (!answered) return;
    answers.push(answered);
    onAnswer?.(answered, id);
  };
  const realtime = client.connect();
  realtime.on('notification', (notification) => void notifications.push(notification));
  realtime.on('NEW_RIDE_REQUEST', (offer) => {
    offers.push(offer);
    onOffer?.(offer, id);
    const task = answer(offer).finally(() => underWay.delete(task));
    underWay.add(task);
  });
  await connected(realtime, id);

  return {
    id,
    /** Offers the app showed; repetitions are not among them. */
    offers: offers as readonly NewRideRequest[],
    /** Everything the app showed, offers included. */
    notifications: notifications as readonly RideNotification[],
    answers: answers as readonly Answered[],
    /** Offers of a ride as they arrived, repetitions included. */
    arrived: (rideId: string): number => arrivals.filter((one) => one === rideId).length,
    /** Reports on duty at a place, so that the matcher finds the driver. */
    onDuty: async (position: { readonly lat: number; readonly lng: number }): Promise<void> => {
      isOnDuty = true;
      await client.reportDriver({ onDuty: true, position });
    },
    /** Reports off duty, awaits answers under way, and closes the connection. */
    stop: async (): Promise<void> => {
      leaving.abort();
      await Promise.all(underWay);
      if (isOnDuty) await client.reportDriver({ onDuty: false });
      realtime.close();
    },
  };
};
