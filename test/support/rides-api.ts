/** The HTTP routes of dispatch, composed as on Lambda, on the model of the tables. */
import { compose } from '../../functions/dispatch/dispatch.compose.ts';
import type { Method } from '../../functions/kernel/route.ts';
import { at } from './dispatch.ts';
import { type Answered, answered, type Asked as HttpCall, httpEvent } from './http.ts';
import { type MemoryTable, memoryTable } from './memory-table.ts';
import { env, testPorts } from './ports.ts';

type Call = Omit<HttpCall, 'method' | 'path'>;

export const trip = {
  pickup: { lat: -6.2, lng: 106.816666, address: 'Stasiun Gambir' },
  destination: { lat: -6.125, lng: 106.65 },
  serviceLine: 'BB',
};

/** @param percent of rides under the flag `idempotent-dispatch` */
export const ridesApi = ({
  percent = 100,
  table = memoryTable(),
}: {
  readonly percent?: number;
  readonly table?: MemoryTable;
} = {}) => {
  const { ports, clock } = testPorts({ table });
  const flags = JSON.stringify({ 'idempotent-dispatch': { percent } });
  const handler = compose(ports, { ...env, TUNTAS_DEPLOYED_FLAGS: flags });
  const call = async (route: string, fields: Call = {}): Promise<Answered> => {
    const [method, path] = route.split(' ') as [Method, `/${string}`];
    return answered(await handler(httpEvent({ method, path, ...fields })));
  };
  const driver = (name: string) => ({ sub: name, roles: ['driver'] });
  return {
    table,
    call,
    /** Sets the clock of the functions, in seconds after `start`. */
    clock: (seconds: number): void => clock.set(at(seconds)),
    /** Everything stored but the counter of numbers. */
    stored: () => table.all('State').filter(({ pk }) => pk !== 'SEQUENCE'),
    request: async (body: object = {}, fields: Call = {}): Promise<string> => {
      const answer = await call('POST /rides', {
        body: { ...trip, candidates: ['driver-1', 'driver-2'], ...body },
        ...fields,
      });
      if (answer.status !== 201) throw new Error(`no ride: ${JSON.stringify(answer.body)}`);
      return String(answer.body.rideId);
    },
    see: (id: string, fields: Call = {}) => call('GET /rides/{id}', { params: { id }, ...fields }),
    accept: (id: string, name: string) => call('POST /rides/{id}/accept', { params: { id }, ...driver(name) }),
    decline: (id: string, name: string, body?: unknown) =>
      call('POST /rides/{id}/decline', { params: { id }, ...driver(name), body }),
    cancel: (id: string, fields: Call = {}) => call('POST /rides/{id}/cancel', { params: { id }, ...fields }),
    movePickup: (id: string, body: unknown, fields: Call = {}) =>
      call('PATCH /rides/{id}/pickup', { params: { id }, body, ...fields }),
    myself: (name: string) => call('GET /drivers/me', driver(name)),
    report: (name: string, body: unknown) => call('PUT /drivers/me', { ...driver(name), body }),
  };
};
export type RidesApi = ReturnType<typeof ridesApi>;

export const asDriver = (sub: string) => ({ sub, roles: ['driver'] });
export const asRider = (sub: string) => ({ sub, roles: ['rider'] });
export const asOperator = { sub: 'operator-1', roles: ['operator'] };
export const asRiderAndDriver = (sub: string) => ({ sub, roles: ['rider', 'driver'] });
