/** A simulated driver: the real client over the real WebSocket, and a way to behave when an offer comes. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type MakeWebSocket, type NewRideRequest, type RideNotification, TuntasProblem } from '../../client/index.ts';
import { personOf, type Where } from './people.ts';

/** What a driver does with an offer, after thinking it over for `afterMs` (default: at once). */
export type Behaviour =
  | { readonly does: 'accept'; readonly afterMs?: number }
  | { readonly does: 'decline'; readonly afterMs?: number; readonly reason?: string }
  | { readonly does: 'nothing' };

/** `outcome`: what came of the answer: done, or the code of the problem (`RIDE_TAKEN`, …). */
export type Answered = { readonly rideId: string; readonly did: 'accept' | 'decline'; readonly outcome: string };

export type DriverOptions = {
  readonly id: string;
  /** The same for every offer, or chosen for each. */
  readonly behaviour: Behaviour | ((offer: NewRideRequest) => Behaviour);
  /** Hears of each offer the driver was shown, before he answers. */
  readonly onOffer?: (offer: NewRideRequest, driver: string) => void;
  readonly onAnswer?: (answer: Answered, driver: string) => void;
};

export type SimulatedDriver = {
  readonly id: string;
  /** Offers the app showed; a repetition is not among them. */
  readonly offers: readonly NewRideRequest[];
  /** All the app showed, offers among them. */
  readonly notifications: readonly RideNotification[];
  readonly answers: readonly Answered[];
  /** Offers for a ride as they came over the line, repetitions too. */
  readonly arrived: (rideId: string) => number;
  /** Goes on duty at a place, so that the matcher finds him. */
  readonly onDuty: (position: { readonly lat: number; readonly lng: number }) => Promise<void>;
  /** Goes off duty if he was on, and hangs up; answers that are under way are awaited. */
  readonly stop: () => Promise<void>;
};

/** What came over the line before the client filtered it. */
const listening = (hear: (message: RideNotification) => void): MakeWebSocket =>
  class extends globalThis.WebSocket {
    constructor(url: string) {
      super(url);
      this.addEventListener('message', ({ data }) => hear(JSON.parse(String(data))));
    }
  } as unknown as MakeWebSocket;

/** Resolves when the driver is connected. @throws when he is not within 10 s */
export const simulatedDriver = async (
  where: Where,
  { id, behaviour, onOffer, onAnswer }: DriverOptions,
): Promise<SimulatedDriver> => {
  const arrivals: string[] = [];
  const hear = ({ type, rideId }: RideNotification): void =>
    void (type === 'NEW_RIDE_REQUEST' && arrivals.push(rideId));
  const client = personOf(where, 'driver', id, { WebSocket: listening(hear) });
  const offers: NewRideRequest[] = [];
  const notifications: RideNotification[] = [];
  const answers: Answered[] = [];
  const underWay = new Set<Promise<void>>();
  const leaving = new AbortController();
  let isOnDuty = false;

  const answer = async (offer: NewRideRequest): Promise<void> => {
    const chosen = typeof behaviour === 'function' ? behaviour(offer) : behaviour;
    if (chosen.does === 'nothing') return;
    const { does, afterMs = 0 } = chosen;
    const { rideId } = offer;
    const { signal } = leaving;
    try {
      if (afterMs > 0) await sleep(afterMs, undefined, { signal });
      const { alreadyProcessed } =
        does === 'accept'
          ? await client.accept(rideId)
          : await client.decline(rideId, chosen.reason ? { reason: chosen.reason } : {});
      answers.push({ rideId, did: does, outcome: alreadyProcessed ? 'already-processed' : 'done' });
    } catch (error) {
      if (signal.aborted) return;
      answers.push({ rideId, did: does, outcome: error instanceof TuntasProblem ? error.code : String(error) });
    }
    const last = answers.at(-1);
    if (last) onAnswer?.(last, id);
  };

  const realtime = client.connect();
  realtime.on('notification', (notification) => void notifications.push(notification));
  realtime.on('NEW_RIDE_REQUEST', (offer) => {
    offers.push(offer);
    onOffer?.(offer, id);
    const task = answer(offer).finally(() => underWay.delete(task));
    underWay.add(task);
  });
  const problems: unknown[] = [];
  realtime.on('problem', (problem) => void problems.push(problem));
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      realtime.close();
      reject(new Error(`driver ${id} could not connect`, { cause: problems.at(-1) }));
    }, 10_000);
    realtime.on('connected', () => {
      clearTimeout(timer);
      resolve();
    });
  });

  return {
    id,
    offers,
    notifications,
    answers,
    arrived: (rideId) => arrivals.filter((one) => one === rideId).length,
    onDuty: async (position) => {
      isOnDuty = true;
      await client.reportDriver({ onDuty: true, position });
    },
    stop: async () => {
      leaving.abort();
      await Promise.all(underWay);
      if (isOnDuty) await client.reportDriver({ onDuty: false });
      realtime.close();
    },
  };
};
