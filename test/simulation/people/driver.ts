/** A driver and the argo of their car: takes offers, drives, finishes; reports come late and twice. */
import type { Person } from '../world.ts';
import { type App, minute } from './app.ts';

export const carOf = (i: number): string => `BB${1_000 + i}`;

/** The device of a car: keeps its reports while it has no connection. */
export const device = ({ world, engine, random, between, beat }: App, car: string) => {
  let sequence = 0;
  return (kind: 'STARTED' | 'STOPPED'): void => {
    sequence += 1;
    const report = { kind, sequence, deviceTime: engine.now(), car, device: `argo-${car}` };
    const copies = random.chance(0.1) ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      const late = beat(random.chance(0.2) ? between(minute, 52 * minute) : between(100, 5_000));
      engine.after(late, () => world.deviceReports({ ...report, receivedAt: engine.now() }));
    }
  };
};

export const driver = (people: App, i: number) => {
  const { world, engine, random, habits, insist, between, beat } = people;
  const self: Person = { sub: `driver-${i}`, roles: ['driver'] };
  const report = device(people, carOf(i));
  const duty = { onDuty: true, position: { lat: -6.2, lng: 106.8 }, serviceLine: 'BB', car: carOf(i) };

  const cancel = (id: string, reason: string) =>
    insist(self, { method: 'POST', path: `/rides/${id}/cancel`, body: { reason } });
  /** Where the API has no pick-up yet, the trip begins without one. */
  const pickUp = async (id: string): Promise<boolean> => {
    const call = { method: 'POST', path: `/rides/${id}/pick-up` } as const;
    if (!world.speaks(call)) return true;
    const answer = await insist(self, call);
    return answer === undefined || answer.status < 400;
  };
  const trip = async (id: string): Promise<void> => {
    void insist(self, { method: 'GET', path: `/orders/${id}` }, 2);
    await engine.pause(between(minute, 10 * minute));
    if (random.chance(habits.driverGivesBack)) return void (await cancel(id, 'flat tyre'));
    if (random.chance(habits.driverVanishes)) return;
    if (!(await pickUp(id))) return;
    const withArgo = !random.chance(habits.driverForgetsArgo);
    if (withArgo) report('STARTED');
    await engine.pause(between(3 * minute, 40 * minute));
    if (withArgo) report('STOPPED');
    if (random.chance(habits.driverForgetsFinish)) return;
    if (random.chance(habits.driverEndsEarly)) return void (await cancel(id, 'passenger got off'));
    await finish(id);
  };
  const finish = async (id: string): Promise<void> => {
    const fare = 1_000 * between(15, 300);
    const path = `/orders/${id}/finish`;
    const inCash = random.chance(habits.inCash);
    const body = { fare, ...(inCash ? { inCash } : {}) };
    await insist(self, { method: 'POST', path, body });
    if (inCash || !random.chance(habits.cashAfterAll)) return;
    engine.after(between(minute, 30 * minute), () => {
      void insist(self, { method: 'POST', path, body: { fare, inCash: true } });
    });
  };

  const answer = async (id: string): Promise<void> => {
    if (random.chance(habits.driverDeclines)) {
      await insist(self, { method: 'POST', path: `/rides/${id}/decline`, body: { reason: 'too far' } });
      return;
    }
    if (random.chance(habits.tapsTwice)) void insist(self, { method: 'PUT', path: '/drivers/me', body: duty });
    const accepted = await insist(self, { method: 'POST', path: `/rides/${id}/accept` });
    if (accepted?.status === 200) await trip(id);
  };
  /** Two offers on the screen, and a finger on each. */
  const answerAll = async (ids: readonly string[]): Promise<void> => {
    const [first = '', ...others] = ids;
    for (const id of others) void answer(id);
    await answer(first);
  };

  return {
    self,
    /** A customer on board scanned the code of the car: the driver answers when they are asked, the trip ends. */
    onScan: async (id: string): Promise<void> => {
      if (!random.chance(habits.driverForgetsArgo)) report('STARTED');
      await engine.pause(beat(between(2_000, 2 * minute)));
      const body = { confirmed: !random.chance(habits.driverDenies) };
      await insist(self, { method: 'POST', path: `/ezpay/${id}/confirm`, body }, 5);
      await engine.pause(between(3 * minute, 40 * minute));
      report('STOPPED');
      await finish(id);
    },
    work: async (until: number): Promise<void> => {
      await insist(self, { method: 'PUT', path: '/drivers/me', body: duty });
      const offered: string[] = [];
      await world.sockets.connect({
        sub: self.sub,
        onNotice: ({ type, rideId }) => {
          if (type === 'NEW_RIDE_REQUEST' && rideId) offered.push(rideId);
        },
      });
      while (engine.now() < until) {
        if (offered.length > 0) await answerAll(offered.splice(0, random.chance(habits.tapsTwice) ? 2 : 1));
        await engine.pause(beat(between(1_000, 5_000)));
      }
    },
  };
};
export type Driver = ReturnType<typeof driver>;
