/** The incident of 03:44: a customer scans six times in 30 minutes, the report of the argo's start comes at 04:36. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { EzPayOrder, Text } from '../../client/index.ts';
import type { Ready } from '../cloud/ready.ts';
import { simulatedMeter } from '../fleet/meter.ts';
import { personOf, tokensOf } from '../people/people.ts';
import { until } from './scenes.ts';

export type Incident = {
  readonly ready: Ready;
  /** Separates its people and its car from others on the same stack. */
  readonly name: string;
  /** Milliseconds in a minute of the incident. */
  readonly minuteMs: number;
  /** When the driver answers the question, in minutes after 03:44; without it they do not. */
  readonly driverAnswersAt?: number;
};
export type Line = { readonly minute: number; readonly who: string; readonly what: string };
export type Replayed = Awaited<ReturnType<typeof replay>>;
type Scan = { readonly status: number; readonly body: EzPayOrder & { readonly code?: string } };
type Cast = ReturnType<typeof castOf>;

/** Minutes after 03:44, as it was. */
const startedAt = -1;
const attempts = [0, 3, 8, 14, 21, 29];
const receivedAt = 52;
const endsAt = 54;

/** 7.5 → 03:51 */
export const clockAt = (minute: number): string => {
  const all = 3 * 60 + 44 + Math.floor(minute + 0.1);
  return `${String(Math.floor(all / 60)).padStart(2, '0')}:${String(all % 60).padStart(2, '0')}`;
};

const both = ({ id, en }: Text): string => `“${id}” / “${en}”`;

/** Another car before the replay, so that no function of the stack starts in the middle of it. */
export const rehearse = async (ready: Ready): Promise<void> => {
  const car = 'B1REHEARSAL';
  const operator = personOf(ready, 'operator', 'operator-rehearsal');
  await personOf(ready, 'driver', 'driver-rehearsal').reportDriver({ onDuty: true, car });
  const meter = simulatedMeter({ url: ready.mqtt, car });
  meter.report('STARTED');
  await meter.online();
  const isKnown = async () => (await operator.argo(car).catch(() => undefined))?.argo === 'STARTED';
  await until('the report of the device is applied', isKnown);
  await meter.offline();
};

const castOf = (ready: Ready, name: string) => {
  const car = `B1234${name.toUpperCase().slice(0, 10)}`;
  return {
    car,
    driver: personOf(ready, 'driver', `driver-${name}`),
    operator: personOf(ready, 'operator', `support-${name}`),
    customer: personOf(ready, 'rider', `customer-${name}`),
    customerToken: tokensOf(ready, 'rider', `customer-${name}`),
    meter: simulatedMeter({ url: ready.mqtt, car }),
  };
};

/** Writes down what the apps of driver and customer show. */
const connectApps = async ({ driver, customer }: Cast, write: (who: string, what: string) => void) => {
  const [ofDriver, ofCustomer] = [driver.connect(), customer.connect()];
  let toConfirm: string | undefined;
  ofDriver.on('EZPAY_CONFIRM_REQUEST', ({ rideId, message }) => {
    toConfirm = rideId;
    write('driver', `is prompted: ${both(message)}`);
  });
  ofDriver.on('ARGO_CHANGED', ({ argo }) => write('driver', `sees their argo: ${argo}`));
  ofCustomer.on('EZPAY_DRIVER_ASKED', ({ message }) => write('customer', `reads ${both(message)}`));
  ofCustomer.on('EZPAY_CONFIRMED', ({ message, by }) => message && write('customer', `reads ${both(message)} (${by})`));
  ofCustomer.on(
    'EZPAY_CANCELLED',
    ({ reason, message }) => message && write('customer', `reads ${both(message)} (cancelled, ${reason})`),
  );
  const apps = [ofDriver, ofCustomer];
  await until('both apps are connected', () => apps.every((app) => app.state() === 'open'));
  return { toConfirm: () => toConfirm, close: () => apps.forEach((app) => void app.close()) };
};

const scan = async ({ api }: Ready, { car, customerToken }: Cast): Promise<Scan> => {
  const response = await fetch(`${api}/ezpay`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await customerToken(undefined)}`, 'content-type': 'application/json' },
    body: JSON.stringify({ car, paymentMethod: 'gopay' }),
    signal: AbortSignal.timeout(10_000),
  });
  return { status: response.status, body: await response.json() } as Scan;
};

/** What support sees of the orders, once each knows its trip. */
const outcomeOf = async ({ operator }: Cast, ids: readonly string[]) => {
  const read = () => Promise.all(ids.map((id) => operator.getScan(id)));
  await until('every order knows its trip', async () => (await read()).every(({ trip }) => trip !== undefined));
  const stories = await Promise.all(ids.map((id) => operator.story(id)));
  const news = stories.map(({ lines }) => {
    const events = lines.filter(({ kind }) => kind === 'event');
    return events.map(({ type }) => type).join(' → ');
  });
  return { orders: await read(), news };
};

export const replay = async ({ ready, name, minuteMs, driverAnswersAt }: Incident) => {
  const cast = castOf(ready, name);
  const { car, driver, operator, meter } = cast;
  const lines: Line[] = [];
  await driver.reportDriver({ onDuty: true, car });
  const isDriven = async () => (await operator.argo(car).catch(() => undefined))?.driverId !== undefined;
  await until('it is known who drives the car', isDriven);
  let zero = Date.now();
  const write = (who: string, what: string): void =>
    void lines.push({ minute: (Date.now() - zero) / minuteMs, who, what });
  const apps = await connectApps(cast, write);
  zero = Date.now() + 2 * minuteMs;
  const minuteIs = (minute: number): Promise<void> => sleep(Math.max(0, zero + minute * minuteMs - Date.now()));

  const ids = new Set<string>();
  const scanAt = async (minute: number, n: number): Promise<void> => {
    await minuteIs(minute);
    const { status, body } = await scan(ready, cast);
    if (body.orderId) ids.add(body.orderId);
    const result = status < 300 ? `${body.status}${status === 200 ? ', the same order' : ''}` : `refused, ${body.code}`;
    write('customer', `scans (${n}): ${result}${body.message ? `, ${both(body.message)}` : ''}`);
    if (status >= 400 && n === 1) for (const action of body.actions ?? []) write('', both(action));
  };
  const drive = async (): Promise<void> => {
    await minuteIs(startedAt);
    meter.report('STARTED', { lat: -6.1767, lng: 106.8306 });
    write('device', 'the argo is started; no coverage, the report waits in the device');
    await minuteIs(receivedAt);
    await meter.online();
    const times = `STARTED at ${clockAt(startedAt)} by its clock, received at ${clockAt(receivedAt)} by ours`;
    write('device', `its report is received: ${times}`);
  };
  const ride = async (): Promise<void> => {
    for (const [n, minute] of attempts.entries()) await scanAt(minute, n + 1);
    await minuteIs(receivedAt + 1);
    await until('the argo is known to run', async () => (await operator.argo(car)).argo === 'STARTED');
    await scanAt(receivedAt + 1, attempts.length + 1);
  };
  const answer = async (): Promise<void> => {
    if (driverAnswersAt === undefined) return;
    await minuteIs(driverAnswersAt);
    await until('the driver is asked', () => apps.toConfirm() !== undefined);
    await driver.confirmScan(apps.toConfirm() ?? '', true);
    write('driver', 'confirms: the passenger is on board');
  };
  await Promise.all([drive(), ride(), answer()]);
  await minuteIs(endsAt);

  const { orders, news } = await outcomeOf(cast, [...ids]);
  apps.close();
  await meter.offline();
  const endedAt = orders.find(({ status }) => status === 'CONFIRMED')?.endedAt;
  return {
    lines: lines.toSorted((a, b) => a.minute - b.minute),
    scans: attempts.length + 1,
    orders,
    /** The events of each order. */
    news,
    /** When the trip was confirmed, in minutes after 03:44. */
    confirmedAt: endedAt === undefined ? undefined : (Date.parse(endedAt) - zero) / minuteMs,
  };
};
