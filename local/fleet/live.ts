/** Plays a fleet on a running stack: devices over MQTT, drivers and customers with their apps. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type EzPayOrder, type Realtime, type Tuntas, TuntasProblem } from '../../client/index.ts';
import type { Ready } from '../cloud/ready.ts';
import { personOf } from '../people/people.ts';
import { type Connection, connect } from './connection.ts';
import type { Delivery } from './device.ts';
import type { Scanned, Shift } from './fleet.ts';
import type { Step } from './schedule.ts';

export type Ended = { readonly scan: Scanned; readonly order: EzPayOrder };
export type Live = ReturnType<typeof playFleet>;

/** The devices, with one connection each, however many messages wait for it. */
const devicesOn = (url: string) => {
  const connections = new Map<string, Promise<Connection>>();
  const connectionOf = (device: string): Promise<Connection> => {
    const known = (connections.get(device) ?? Promise.resolve(undefined)).catch(() => undefined);
    const connection = known.then((open) => (open?.isOpen() ? open : connect({ url, thing: device })));
    connections.set(device, connection);
    return connection;
  };
  return {
    publish: async ({ car, device, message }: Delivery): Promise<void> => {
      const { publish } = await connectionOf(device);
      await publish(`tuntas/cars/${car}/argo`, JSON.stringify(message), { qos: message.kind === 'PING' ? 0 : 1 });
    },
    close: async (): Promise<void> => {
      const all = await Promise.allSettled(connections.values());
      await Promise.all(all.map((one) => one.status === 'fulfilled' && one.value.close()));
    },
  };
};

/** The argo's report may arrive or the shift end before the driver's answer, which is then no longer needed. */
const unneeded: readonly string[] = ['EZPAY_CLOSED', 'EZPAY_CONFIRMED', 'EZPAY_NOT_FOUND'];
const confirm = (app: Tuntas, orderId: string, confirmed: boolean): Promise<unknown> =>
  app.confirmScan(orderId, confirmed).catch((error: unknown) => {
    if (!(error instanceof TuntasProblem && unneeded.includes(error.code))) throw error;
  });

/** The apps of drivers and customers. `begin` runs work that nothing waits for. */
const appsOn = (ready: Ready, run: string, begin: (work: () => Promise<unknown>) => void) => {
  const onDuty = new Map<string, { readonly app: Tuntas; readonly realtime: Realtime }>();
  const orders = new Map<string, { readonly scan: Scanned; readonly answerAfterMs: number }>();
  const answers = new Map<string, number>();
  const counts = { scans: 0, questions: 0 };
  const count = (answer: string): void => void answers.set(answer, (answers.get(answer) ?? 0) + 1);

  const drive = async ({ driver }: Shift, car: string): Promise<void> => {
    if (!driver.usesApp) return;
    const app = personOf(ready, 'driver', `${driver.driverId}-${run}`);
    await app.reportDriver({ onDuty: true, car });
    const realtime = app.connect();
    onDuty.set(driver.driverId, { app, realtime });
    realtime.on('EZPAY_CONFIRM_REQUEST', ({ rideId }) => {
      counts.questions += 1;
      const order = orders.get(rideId);
      const answer = order?.scan.answer;
      if (answer) begin(() => sleep(order.answerAfterMs).then(() => confirm(app, rideId, answer.confirmed)));
    });
  };
  const leave = async ({ driver }: Shift): Promise<void> => {
    const found = onDuty.get(driver.driverId);
    onDuty.delete(driver.driverId);
    found?.realtime.close();
    await found?.app.reportDriver({ onDuty: false });
  };
  const scan = async (scanned: Scanned, answerAfterMs: number): Promise<void> => {
    counts.scans += 1;
    const rider = personOf(ready, 'rider', `${scanned.customerId}-${run}`);
    try {
      const order = await rider.scan({ car: scanned.car, paymentMethod: 'qris' });
      orders.set(order.orderId, { scan: scanned, answerAfterMs });
      count(order.status);
    } catch (error) {
      if (!(error instanceof TuntasProblem) || error.code === 'UNREACHABLE') throw error;
      count(error.code);
    }
  };
  /** Waits until each order is closed. */
  const ended = async (): Promise<readonly Ended[]> => {
    const operator = personOf(ready, 'operator', `operator-${run}`);
    const all: Ended[] = [];
    for (const [orderId, { scan }] of orders) {
      let order = await operator.getScan(orderId);
      for (; order.status === 'WAITING' || order.status === 'ASKING'; order = await operator.getScan(orderId))
        await sleep(500);
      all.push({ scan, order });
    }
    return all;
  };
  const close = (): void => {
    for (const { realtime } of onDuty.values()) realtime.close();
  };
  return { drive, leave, scan, ended, close, answers, counts };
};

/** @param run keeps its people apart from those of other runs on the same stack */
export const playFleet = (ready: Ready, steps: readonly Step[], run: string) => {
  const underWay = new Set<Promise<unknown>>();
  const errors: string[] = [];
  let published = 0;
  const begin = (work: () => Promise<unknown>): void => {
    const task = work()
      .catch((error: unknown) => void errors.push(error instanceof Error ? error.message : String(error)))
      .finally(() => underWay.delete(task));
    underWay.add(task);
  };
  const devices = devicesOn(ready.mqtt);
  const apps = appsOn(ready, run, begin);

  const take = async (step: Step): Promise<void> => {
    switch (step.does) {
      case 'publish':
        await devices.publish(step.delivery);
        published += 1;
        return;
      case 'drive':
        return apps.drive(step.shift, step.car);
      case 'leave':
        return apps.leave(step.shift);
      case 'scan':
        return apps.scan(step.scan, step.answerAfterMs);
    }
  };
  const play = async (): Promise<readonly Ended[]> => {
    for (const step of steps) {
      const early = step.at - Date.now();
      if (early > 0) await sleep(early);
      begin(() => take(step));
    }
    while (underWay.size > 0) await Promise.all(underWay);
    const ended = await apps.ended();
    apps.close();
    await devices.close();
    return ended;
  };
  return {
    /** `answers`: by the order's status or the code of the refusal. */
    progress: () => ({ ...apps.counts, published, answers: apps.answers, errors }),
    /** Resolves when all steps are played and all orders are closed. */
    ended: play(),
  };
};
