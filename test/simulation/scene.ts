/** A scene: few people who do what a script says, in a world in which only what the script names goes wrong. */
import { type FaultPlan, noFaults } from './faults.ts';
import { stateOf } from './items.ts';
import { atRest } from './laws/at-rest.ts';
import type { Breach } from './laws/law.ts';
import { app, minute } from './people/app.ts';
import { carOf, device } from './people/driver.ts';
import { nobody } from './people/habits.ts';
import { operator } from './people/operator.ts';
import type { Blueprint } from './plans.ts';
import { type ApiAnswer, type ApiCall, openWorld, type Person, start } from './world.ts';

const day = 24 * 60 * minute;

export const rider: Person = { sub: 'rider-1', roles: ['rider'] };
export const driver: Person = { sub: 'driver-1', roles: ['driver'] };
export { operator } from './people/operator.ts';

type Method = 'qris' | 'bca_va' | 'permata_va' | 'card';
export type SceneOptions = {
  readonly seed?: number;
  readonly faults?: Partial<FaultPlan>;
  readonly env?: Readonly<Record<string, string>>;
  /** How long the world goes on after the script. */
  readonly days?: number;
};

const openScene = (blueprint: Blueprint, { seed = 1, faults = {}, env }: SceneOptions) => {
  const world = openWorld({ seed, blueprint, env, faults: () => ({ ...noFaults, ...faults }) });
  const { api, engine, gateway, requests } = world;
  const people = app(world, nobody);
  const { bank } = gateway;
  let keys = 0;

  const post = (person: Person, path: string, body: object = {}, key?: string): Promise<ApiAnswer> =>
    api(person, { method: 'POST', path, body, ...(key === undefined ? {} : { key }) });
  const get = (person: Person, path: string): Promise<ApiAnswer> => api(person, { method: 'GET', path });
  const keyed = (person: Person, path: string, body: object): Promise<ApiAnswer> => {
    keys += 1;
    return post(person, path, body, `key-${keys}`);
  };
  const waitFor = async <T>(what: string, read: () => Promise<T | undefined> | T | undefined): Promise<T> => {
    for (let tries = 0; tries < 200; tries += 1) {
      const found = await read();
      if (found !== undefined) return found;
      await engine.pause(500);
    }
    throw new Error(`${what} did not come`);
  };
  const orderIs = (id: string, status: string): Promise<ApiAnswer> =>
    waitFor(`${id} ${status}`, async () => {
      const answer = await get(operator, `/orders/${id}`);
      return answer.body.status === status ? answer : undefined;
    });
  const onDuty = async (by: Person, n: number): Promise<void> => {
    const body = { onDuty: true, position: { lat: -6.2, lng: 106.8 }, serviceLine: 'BB', car: carOf(n) };
    await api(by, { method: 'PUT', path: '/drivers/me', body });
    await world.sockets.connect({ sub: by.sub, onNotice: () => undefined });
  };
  const pickUp = async (id: string, by = driver): Promise<void> => {
    const call: ApiCall = { method: 'POST', path: `/rides/${id}/pick-up` };
    if (world.speaks(call)) await api(by, call);
  };
  /** A ride that its driver has accepted. */
  const accepted = async (by: Person = driver, from: Person = rider): Promise<string> => {
    await onDuty(by, Number(by.sub.split('-')[1]));
    const place = { lat: -6.2, lng: 106.8 };
    requests.note(`ride ${from.sub}`);
    const body = { pickup: place, destination: place, serviceLine: 'BB', candidates: [by.sub] };
    const { body: ride } = await keyed(from, '/rides', body);
    const id = String(ride.rideId);
    await waitFor('the offer', () => world.sockets.offers.get(`${by.sub} ${id}`));
    const answer = await post(by, `/rides/${id}/accept`);
    if (answer.status !== 200) throw new Error(`accept: ${answer.status} ${String(answer.body.code)}`);
    return id;
  };
  const finished = async (fare: number): Promise<string> => {
    const id = await accepted();
    await pickUp(id);
    await waitFor('the order', async () => ((await get(driver, `/orders/${id}`)).status === 200 ? true : undefined));
    await post(driver, `/orders/${id}/finish`, { fare });
    return id;
  };
  /** @returns the reference of the charge */
  const charge = async (id: string, method: Method): Promise<string> => {
    requests.note(`payment ORDER#${id}`);
    const body = { method, ...(method === 'card' ? { cardToken: bank.cardToken() } : {}) };
    const answer = await keyed(rider, `/orders/${id}/payments`, body);
    if (typeof answer.body.ref !== 'string') throw new Error(`charge: ${answer.status} ${String(answer.body.code)}`);
    return answer.body.ref;
  };
  const paid = async (fare: number, method: Method): Promise<{ readonly id: string; readonly ref: string }> => {
    const id = await finished(fare);
    const ref = await charge(id, method);
    bank.pay(ref);
    if (method === 'card') bank.settle(ref);
    await orderIs(id, 'PAID');
    return { id, ref };
  };
  return {
    ...{ world, bank, engine, requests, post, get, keyed, waitFor, orderIs },
    ...{ onDuty, pickUp, accepted, finished, charge, paid, people },
    device: (n: number) => device(people, carOf(n)),
    left: (ref: string): number => world.guard.books.left(ref),
    openRefunds: (ref: string) => stateOf(world).payments.find((one) => one.ref === ref)?.openRefunds ?? [],
  };
};
export type Scene = ReturnType<typeof openScene>;

/** @returns the laws that are broken when the script is over and the world at rest; what the script throws is thrown */
export const scene =
  (blueprint: Blueprint) =>
  async (script: (scene: Scene) => Promise<void>, options: SceneOptions = {}): Promise<readonly Breach[]> => {
    const open = openScene(blueprint, options);
    const { engine, guard } = open.world;
    let outcome: { readonly error?: unknown } | undefined;
    script(open).then(
      () => {
        outcome = {};
      },
      (error: unknown) => {
        outcome = { error };
      },
    );
    while (!outcome && engine.now() < start + 10 * day) await engine.runUntil(engine.now() + minute);
    if (!outcome) throw new Error('the script did not end');
    if ('error' in outcome) throw outcome.error;
    await engine.runUntil(engine.now() + (options.days ?? 2) * day);
    return [...guard.breaches, ...atRest(open.world)];
  };
