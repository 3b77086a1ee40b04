/** Plays a fleet on a running stack: devices over MQTT, drivers and customers with their apps. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type EzPayOrder, type Realtime, type Tuntas, TuntasProblem } from '../../client/index.ts';
import type { Ready } from '../cloud/ready.ts';
import { personOf } from '../people/people.ts';
import { type Connection, connect } from './connection.ts';
import type { Delivery } from './device.ts';
import type { Scanned, Shift } from './fleet.ts';
import type { Step } from './schedule.ts';

export type Seen = {
  readonly published: number;
  readonly scans: number;
  /** By the order's status or the code of the refusal. */
  readonly answers: ReadonlyMap<string, number>;
  readonly asked: number;
  readonly errors: readonly string[];
};
export type Ended = { readonly scan: Scanned; readonly order: EzPayOrder };
export type Live = {
  readonly seen: () => Seen;
  /** Resolves when all steps are played and everybody has gone home, with what became of the orders. */
  readonly ended: Promise<readonly Ended[]>;
};
type Driver = { readonly app: Tuntas; readonly realtime: Realtime };

/** @param run keeps its people apart from those of other runs on the same stack */
export const playFleet = (ready: Ready, steps: readonly Step[], run: string): Live => {
  const lines = new Map<string, Promise<Connection>>();
  const drivers = new Map<string, Driver>();
  const orders = new Map<string, Scanned>();
  const answersOfDriver = new Map<string, number>();
  const answers = new Map<string, number>();
  const underWay = new Set<Promise<void>>();
  const errors: string[] = [];
  let [published, scans, asked] = [0, 0, 0];
  const count = (what: string): void => void answers.set(what, (answers.get(what) ?? 0) + 1);

  /** One line per device, however many messages wait for it. */
  const lineOf = (device: string): Promise<Connection> => {
    const known = (lines.get(device) ?? Promise.resolve(undefined)).catch(() => undefined);
    const line = known.then((open) => (open?.isOpen() ? open : connect({ url: ready.mqtt, thing: device })));
    lines.set(device, line);
    return line;
  };
  const publish = async ({ car, device, message }: Delivery): Promise<void> => {
    const line = await lineOf(device);
    await line.publish(`tuntas/cars/${car}/argo`, JSON.stringify(message), { qos: message.kind === 'PING' ? 0 : 1 });
    published += 1;
  };
  const drive = async ({ driver }: Shift, car: string): Promise<void> => {
    if (!driver.usesApp) return;
    const app = personOf(ready, 'driver', `${driver.driverId}-${run}`);
    await app.reportDriver({ onDuty: true, car });
    const realtime = app.connect();
    drivers.set(driver.driverId, { app, realtime });
    realtime.on('EZPAY_CONFIRM_REQUEST', ({ rideId }) => {
      asked += 1;
      const answer = orders.get(rideId)?.answer;
      if (answer) begin(() => sleep(answersOfDriver.get(rideId)).then(() => say(app, rideId, answer.confirmed)));
    });
  };
  /** While he thinks, the argo may be heard of or his shift end: then nobody needs his word. */
  const say = async (app: Tuntas, orderId: string, confirmed: boolean): Promise<void> => {
    await app.confirmScan(orderId, confirmed).catch((error: unknown) => {
      if (
        !(error instanceof TuntasProblem && ['EZPAY_CLOSED', 'EZPAY_CONFIRMED', 'EZPAY_NOT_FOUND'].includes(error.code))
      )
        throw error;
    });
  };
  const leave = async ({ driver }: Shift): Promise<void> => {
    const found = drivers.get(driver.driverId);
    drivers.delete(driver.driverId);
    found?.realtime.close();
    await found?.app.reportDriver({ onDuty: false });
  };
  const scan = async (scanned: Scanned, answerAfterMs: number): Promise<void> => {
    scans += 1;
    try {
      const order = await personOf(ready, 'rider', `${scanned.customerId}-${run}`).scan({
        car: scanned.car,
        paymentMethod: 'qris',
      });
      orders.set(order.orderId, scanned);
      answersOfDriver.set(order.orderId, answerAfterMs);
      count(order.status);
    } catch (error) {
      if (!(error instanceof TuntasProblem) || error.code === 'UNREACHABLE') throw error;
      count(error.code);
    }
  };

  const begin = (work: () => Promise<void>): void => {
    const task = work()
      .catch((error: unknown) => void errors.push(error instanceof Error ? error.message : String(error)))
      .finally(() => underWay.delete(task));
    underWay.add(task);
  };
  const take = (step: Step): Promise<void> => {
    switch (step.does) {
      case 'publish':
        return publish(step.delivery);
      case 'drive':
        return drive(step.shift, step.car);
      case 'leave':
        return leave(step.shift);
      case 'scan':
        return scan(step.scan, step.answerAfterMs);
    }
  };
  const play = async (): Promise<readonly Ended[]> => {
    for (const step of steps) {
      const early = step.at - Date.now();
      if (early > 0) await sleep(early);
      begin(() => take(step));
    }
    while (underWay.size > 0) await Promise.all(underWay);
    const operator = personOf(ready, 'operator', `operator-${run}`);
    const isOpen = ({ status }: EzPayOrder): boolean => status === 'WAITING' || status === 'ASKING';
    const ended: Ended[] = [];
    for (const [orderId, scanned] of orders) {
      let order = await operator.getScan(orderId);
      for (; isOpen(order); order = await operator.getScan(orderId)) await sleep(500);
      ended.push({ scan: scanned, order });
    }
    for (const { realtime } of drivers.values()) realtime.close();
    await Promise.all([...lines.values()].map(async (line) => (await line.catch(() => undefined))?.close()));
    return ended;
  };
  return { seen: () => ({ published, scans, answers, asked, errors }), ended: play() };
};
