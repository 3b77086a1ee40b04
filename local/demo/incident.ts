/** The incident of 03:44 on a running stack: a customer scans six times in 30 minutes while the device keeps the start of the argo to itself until 04:36. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { EzPayOrder, Text } from '../../client/index.ts';
import type { Ready } from '../cloud/ready.ts';
import { simulatedMeter } from '../fleet/meter.ts';
import { personOf, tokensOf } from '../people/people.ts';
import { until } from './scenes.ts';

export type Incident = {
  readonly ready: Ready;
  /** Kept apart from others on the same stack. */
  readonly name: string;
  /** Milliseconds that stand for a minute of the incident. */
  readonly minuteMs: number;
  /** When the driver answers the question, in minutes after 03:44; without it he does not. */
  readonly driverAnswersAt?: number;
};
export type Line = { readonly minute: number; readonly who: string; readonly says: string };
export type Replayed = {
  readonly lines: readonly Line[];
  readonly scans: number;
  readonly orders: readonly EzPayOrder[];
  /** The events of each order. */
  readonly news: readonly string[];
  /** When the trip was confirmed, in minutes after 03:44. */
  readonly confirmedAt: number | undefined;
};

/** Minutes after 03:44, as it was. */
const startedAt = -1;
const attempts = [0, 3, 8, 14, 21, 29];
const receivedAt = 52;
const afterwards = 54;

/** 7.5 → 03:51 */
export const clockAt = (minute: number): string => {
  const all = 3 * 60 + 44 + Math.floor(minute + 0.1);
  return `${String(Math.floor(all / 60)).padStart(2, '0')}:${String(all % 60).padStart(2, '0')}`;
};

/** Another car before the play, so that no function of the stack starts in the middle of it. */
export const rehearse = async (ready: Ready): Promise<void> => {
  const car = 'B1REHEARSAL';
  const operator = personOf(ready, 'operator', 'operator-rehearsal');
  await personOf(ready, 'driver', 'driver-rehearsal').reportDriver({ onDuty: true, car });
  const meter = simulatedMeter({ url: ready.mqtt, car });
  meter.report('STARTED');
  await meter.online();
  await until(
    'the stack has heard a device',
    async () => (await operator.argo(car).catch(() => undefined))?.argo === 'STARTED',
  );
  await meter.offline();
};

type Scan = { readonly status: number; readonly body: EzPayOrder & { readonly code?: string } };
const both = ({ id, en }: Text): string => `“${id}” / “${en}”`;

export const replay = async ({ ready, name, minuteMs, driverAnswersAt }: Incident): Promise<Replayed> => {
  const car = `B1234${name.toUpperCase().slice(0, 10)}`;
  const lines: Line[] = [];
  const driver = personOf(ready, 'driver', `driver-${name}`);
  const operator = personOf(ready, 'operator', `support-${name}`);
  const customer = personOf(ready, 'rider', `customer-${name}`);
  const token = tokensOf(ready, 'rider', `customer-${name}`);
  await driver.reportDriver({ onDuty: true, car });
  await until(
    'it is known who drives the car',
    async () => (await operator.argo(car).catch(() => undefined))?.driverId !== undefined,
  );

  const apps = [driver.connect(), customer.connect()];
  const [ofDriver, ofCustomer] = apps as [(typeof apps)[0], (typeof apps)[0]];
  await until('both apps are connected', () => apps.every((app) => app.state() === 'open'));
  const zero = Date.now() + 2 * minuteMs;
  const minuteNow = (): number => (Date.now() - zero) / minuteMs;
  const tell = (who: string, says: string): void => void lines.push({ minute: minuteNow(), who, says });
  const comes = (minute: number): Promise<void> => sleep(Math.max(0, zero + minute * minuteMs - Date.now()));
  let asked: string | undefined;
  ofDriver.on('EZPAY_CONFIRM_REQUEST', ({ rideId, message }) => {
    asked = rideId;
    tell('driver', `is asked: ${both(message)}`);
  });
  ofDriver.on('ARGO_CHANGED', ({ argo }) => tell('driver', `sees his argo: ${argo}`));
  ofCustomer.on('EZPAY_DRIVER_ASKED', ({ message }) => tell('customer', `reads ${both(message)}`));
  ofCustomer.on('EZPAY_CONFIRMED', ({ message, by }) => message && tell('customer', `reads ${both(message)} (${by})`));
  ofCustomer.on(
    'EZPAY_CANCELLED',
    ({ reason, message }) => message && tell('customer', `reads ${both(message)} (cancelled, ${reason})`),
  );

  const ids = new Set<string>();
  const scan = async (n: number): Promise<void> => {
    const response = await fetch(`${ready.api}/ezpay`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await token(undefined)}`, 'content-type': 'application/json' },
      body: JSON.stringify({ car, paymentMethod: 'gopay' }),
      signal: AbortSignal.timeout(10_000),
    });
    const { status, body } = { status: response.status, body: await response.json() } as Scan;
    if (body.orderId) ids.add(body.orderId);
    const same = status === 200 ? ', the same order' : '';
    const what = status < 300 ? `${body.status}${same}` : `refused, ${body.code}`;
    tell('customer', `scans (${n}): ${what}${body.message ? `, ${both(body.message)}` : ''}`);
    if (status >= 400 && n === 1) for (const action of body.actions ?? []) tell('', both(action));
  };

  const meter = simulatedMeter({ url: ready.mqtt, car });
  const drive = async (): Promise<void> => {
    await comes(startedAt);
    meter.report('STARTED', { lat: -6.1767, lng: 106.8306 });
    tell('device', `the argo is started; no coverage, the report waits in the device`);
    await comes(receivedAt);
    await meter.online();
    tell(
      'device',
      `is heard: STARTED at ${clockAt(startedAt)} by its clock, received at ${clockAt(receivedAt)} by ours`,
    );
  };
  const ride = async (): Promise<void> => {
    for (const [n, minute] of attempts.entries()) {
      await comes(minute);
      await scan(n + 1);
    }
    await comes(receivedAt + 1);
    await until('the argo is known to run', async () => (await operator.argo(car)).argo === 'STARTED');
    await scan(attempts.length + 1);
  };
  const answer = async (): Promise<void> => {
    if (driverAnswersAt === undefined) return;
    await comes(driverAnswersAt);
    if (!asked) return;
    await driver.confirmScan(asked, true);
    tell('driver', 'confirms: the passenger is on board');
  };
  await Promise.all([drive(), ride(), answer()]);
  await comes(afterwards);

  const isOver = (order: EzPayOrder): boolean => order.trip !== undefined;
  await until('every order knows its trip', async () =>
    (await Promise.all([...ids].map((id) => operator.getScan(id)))).every(isOver),
  );
  const orders = await Promise.all([...ids].map((id) => operator.getScan(id)));
  const stories = await Promise.all([...ids].map((id) => operator.story(id)));
  for (const app of apps) app.close();
  await meter.offline();
  const news = stories.map(({ lines: story }) =>
    story
      .filter(({ kind }) => kind === 'event')
      .map(({ type }) => type)
      .join(' → '),
  );
  const confirmed = orders.find(({ status }) => status === 'CONFIRMED');
  return {
    lines: lines.toSorted((a, b) => a.minute - b.minute),
    scans: attempts.length + 1,
    orders,
    news,
    confirmedAt: confirmed?.endedAt === undefined ? undefined : (Date.parse(confirmed.endedAt) - zero) / minuteMs,
  };
};
