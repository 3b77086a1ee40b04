/** The rides of the demo without the paid one, each with its drivers, and the checks of its end. */
import { setTimeout as sleep } from 'node:timers/promises';
import { GetQueueAttributesCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Ride, RideNotification, RideRequest, Tuntas } from '../../client/index.ts';
import type { Ready } from '../cloud/ready.ts';
import type { Behaviour, SimulatedDriver } from '../people/driver.ts';

export type Stage = {
  readonly ready: Ready;
  readonly operator: Tuntas;
  /** Separates the people of one run from those of another. */
  readonly run: string;
};
/** One ride being played. */
export type Play = {
  readonly rider: Tuntas;
  /** What the rider was notified of so far. */
  readonly notifications: readonly RideNotification[];
  readonly driver: (name: string, behaviour: Behaviour) => Promise<SimulatedDriver>;
  readonly check: (isSo: boolean, otherwise: string) => void;
};
export type Scene = {
  readonly title: string;
  readonly play: (play: Play, stage: Stage) => Promise<{ readonly rideId: string; readonly end: string }>;
};

const gambir = { lat: -6.1767, lng: 106.8306, address: 'Stasiun Gambir' };
const airport = { lat: -6.1256, lng: 106.6559, address: 'Bandara Soekarno-Hatta' };
const bandung = { lat: -6.9147, lng: 107.6026, address: 'Stasiun Bandung' };
const dago = { lat: -6.8721, lng: 107.6187, address: 'Dago' };
const timeoutMs = 30_000;

export const requestFor = (drivers: readonly SimulatedDriver[], more: Partial<RideRequest> = {}): RideRequest => ({
  serviceLine: 'BB',
  pickup: gambir,
  destination: airport,
  candidates: drivers.map(({ id }) => id),
  ...more,
});

export const until = async (what: string, isSo: () => boolean | Promise<boolean>): Promise<void> => {
  const deadline = Date.now() + timeoutMs;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMs / 1000} s: ${what}`);
    await sleep(20);
  }
};

/** Waits for a status, and for the rider's notification of it. */
export const ended = async (
  { rider, notifications }: Play,
  rideId: string,
  status: Ride['status'],
  notification: RideNotification['type'],
): Promise<Ride> => {
  await until(`the ride ${rideId} ${status}`, async () => (await rider.getRide(rideId)).status === status);
  await until(`the rider receives ${notification}`, () => notifications.some(({ type }) => type === notification));
  return rider.getRide(rideId);
};

const received = (driver: SimulatedDriver, type: RideNotification['type']): boolean =>
  driver.notifications.some((one) => one.type === type);
export const nameOf = (driverId: string | undefined): string => driverId?.split('-')[0] ?? 'no one';

export const checkOfferedOnce = ({ check }: Play, rideId: string, ...drivers: readonly SimulatedDriver[]): void => {
  for (const driver of drivers)
    check(driver.arrived(rideId) === 1, `${nameOf(driver.id)} got the offer ${driver.arrived(rideId)} times`);
};

const acceptedAfterDecline: Scene = {
  title: 'Policy next: the first driver declines, the second accepts',
  play: async (play) => {
    const budi = await play.driver('budi', { does: 'decline', afterMs: 400, reason: 'too far' });
    const citra = await play.driver('citra', { does: 'accept', afterMs: 600 });
    const { rideId } = await play.rider.requestRide(requestFor([budi, citra], { policy: 'next', waveSize: 1 }));
    const ride = await ended(play, rideId, 'ACCEPTED', 'RIDE_ACCEPTED');
    play.check(ride.driverId === citra.id, `${nameOf(ride.driverId)} has the ride instead of citra`);
    checkOfferedOnce(play, rideId, budi, citra);
    return { rideId, end: `${nameOf(ride.driverId)} comes` };
  },
};

/** The queue delivers the offers of a ride again, as SQS may do at any time, and is then empty. */
const deliverAgain = async ({ queues, sqs, region }: Ready, { rideId, offers }: Ride): Promise<void> => {
  const QueueUrl = queues.dispatch;
  if (!QueueUrl) throw new Error('the stack has no queue dispatch');
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new SQSClient({ endpoint: sqs, region, credentials });
  const Entries = offers.map(({ driverId, sequence, at }) => ({
    Id: String(sequence),
    MessageBody: JSON.stringify({ rideId, driverId, sequence, version: 1, at }),
  }));
  try {
    await client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    const counts = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
    const query = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...counts] });
    await until('the queue is drained', async () => {
      const { Attributes = {} } = await client.send(query);
      return counts.every((name) => Attributes[name] === '0');
    });
  } finally {
    client.destroy();
  }
};

const declined: Scene = {
  title: 'Policy close: one of three declines, the queue delivers every offer again',
  play: async (play, { ready, operator }) => {
    const dewi = await play.driver('dewi', { does: 'decline', reason: 'end of shift' });
    const eko = await play.driver('eko', { does: 'nothing' });
    const fitri = await play.driver('fitri', { does: 'nothing' });
    const { rideId } = await play.rider.requestRide(requestFor([dewi, eko, fitri]));
    const ride = await ended(play, rideId, 'DECLINED', 'RIDE_DECLINED');
    const others = [eko, fitri];
    await until('the others receive the withdrawal', () => others.every((one) => received(one, 'RIDE_WITHDRAWN')));
    const before = [dewi, eko, fitri].map((driver) => driver.arrived(rideId));
    await deliverAgain(ready, ride);
    await sleep(300);
    const after = [dewi, eko, fitri].map((driver) => driver.arrived(rideId));
    play.check(String(after) === String(before), `offers arrived after the decline: ${before} became ${after}`);
    play.check(Math.max(...after) === 1, `an offer arrived more than once: ${after}`);
    const isPending = ride.offers.some(({ status }) => status === 'PENDING');
    play.check(!isPending, 'the declined ride has pending offers');
    const { lines } = await operator.story(rideId);
    const sent = lines.filter(({ kind }) => kind === 'dispatch').length;
    return { rideId, end: `no driver comes; ${sent} offers were sent, none a second time` };
  },
};

const expired: Scene = {
  title: 'No driver answers within 5 s',
  play: async (play) => {
    const gilang = await play.driver('gilang', { does: 'nothing' });
    const request = requestFor([gilang], { offerTimeoutSeconds: 5, searchTimeoutSeconds: 5 });
    const { rideId } = await play.rider.requestRide(request);
    const ride = await ended(play, rideId, 'EXPIRED', 'RIDE_EXPIRED');
    await until('gilang receives the withdrawal', () => received(gilang, 'RIDE_WITHDRAWN'));
    checkOfferedOnce(play, rideId, gilang);
    const seconds = (Date.parse(ride.endedAt ?? '') - Date.parse(ride.requestedAt)) / 1000;
    play.check(seconds >= 5 && seconds < 10, `the search took ${seconds} s`);
    return { rideId, end: `no driver comes; given up after ${seconds.toFixed(1)} s` };
  },
};

const cancelled: Scene = {
  title: 'The rider cancels while the driver is thinking',
  play: async (play) => {
    const hana = await play.driver('hana', { does: 'accept', afterMs: 1_500 });
    const { rideId } = await play.rider.requestRide(requestFor([hana]));
    await until('hana sees the offer', () => hana.offers.length === 1);
    const { ride } = await play.rider.cancel(rideId, { reason: 'took the bus' });
    play.check(ride.status === 'CANCELLED', `the ride is ${ride.status}`);
    await until('hana receives the withdrawal', () => received(hana, 'RIDE_WITHDRAWN'));
    await until('hana has answered', () => hana.answers.length === 1);
    const outcome = hana.answers[0]?.outcome ?? '';
    play.check(outcome === 'RIDE_CLOSED', `her accept came to ${outcome}`);
    checkOfferedOnce(play, rideId, hana);
    return { rideId, end: `cancelled; hana's accept is answered ${outcome}` };
  },
};

const matched: Scene = {
  title: 'No candidates named: the matcher finds who is near',
  play: async (play) => {
    const indra = await play.driver('indra', { does: 'accept', afterMs: 300 });
    const joko = await play.driver('joko', { does: 'nothing' });
    const kartika = await play.driver('kartika', { does: 'accept' });
    await indra.onDuty({ lat: bandung.lat + 0.002, lng: bandung.lng });
    await joko.onDuty({ lat: bandung.lat + 0.006, lng: bandung.lng });
    await kartika.onDuty(dago);
    const { rideId } = await play.rider.requestRide({ serviceLine: 'BB', pickup: bandung, destination: dago });
    const ride = await ended(play, rideId, 'ACCEPTED', 'RIDE_ACCEPTED');
    play.check(ride.driverId === indra.id, `${nameOf(ride.driverId)} has the ride instead of indra`);
    play.check(kartika.arrived(rideId) === 0, 'kartika was offered the ride, 5 km away');
    checkOfferedOnce(play, rideId, indra);
    return { rideId, end: `${nameOf(ride.driverId)} comes, the nearest of ${ride.offers.length} offered` };
  },
};

export const scenes: readonly Scene[] = [acceptedAfterDecline, declined, expired, cancelled, matched];
