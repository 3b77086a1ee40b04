/** The routes of dispatch on the model of the table: everything real but the network. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dispatchDeps } from '../../functions/dispatch/commands.ts';
import { endpoints } from '../../functions/dispatch/dispatch.endpoints.ts';
import { routes } from '../../functions/dispatch/dispatch.routes.ts';
import { ridesAsked } from '../../functions/dispatch/offers-by-driver.store.ts';
import type { Method } from '../../functions/kernel/route.ts';
import { httpApi } from '../../functions/platform/http.ts';
import { leaseFrom, orderNumbers } from '../../functions/platform/order-numbers.ts';
import { at } from './dispatch.ts';
import { type Answered, type Asked, answered, httpEvent } from './http.ts';
import { clientOf, type MemoryTable, memoryTable } from './memory-table.ts';

type Ask = Omit<Asked, 'method' | 'path'>;

export const somewhere = {
  pickup: { lat: -6.2, lng: 106.816666, address: 'Stasiun Gambir' },
  destination: { lat: -6.125, lng: 106.65 },
  serviceLine: 'BB',
};

/**
 * @param percent of rides under the flag `idempotent-dispatch`
 * @param clientFor the client of the table, when a test wants to come between
 */
export const ridesApi = ({
  percent = 100,
  blockSize = 200,
  table = memoryTable(),
  clientFor = clientOf,
}: {
  readonly percent?: number;
  readonly blockSize?: number;
  readonly table?: MemoryTable;
  readonly clientFor?: (table: MemoryTable) => DynamoDBClient;
} = {}) => {
  let seconds = 0;
  const client = clientFor(table);
  const handler = httpApi(
    routes,
    endpoints({
      ...dispatchDeps(client, 'State'),
      nextOrderId: orderNumbers(leaseFrom(client, 'State'), blockSize).next,
      flags: async () => ({ 'idempotent-dispatch': { percent } }),
      ridesAsked: ridesAsked(client, 'Story'),
    }),
    { rolesClaim: 'roles', now: () => at(seconds) },
  );
  const ask = async (route: string, asked: Ask = {}): Promise<Answered> => {
    const [method, path] = route.split(' ') as [Method, string];
    return answered(await handler(httpEvent({ method, path, ...asked })));
  };
  const driver = (name: string) => ({ sub: name, roles: ['driver'] });
  return {
    table,
    ask,
    /** The clock of the functions, in seconds after `start`. */
    clock: (now: number) => {
      seconds = now;
    },
    /** Everything stored but the counter of numbers. */
    stored: () => table.all('State').filter(({ pk }) => pk !== 'SEQUENCE'),
    request: async (wishes: object = {}, asked: Ask = {}): Promise<string> => {
      const answer = await ask('POST /rides', {
        body: { ...somewhere, candidates: ['driver-1', 'driver-2'], ...wishes },
        ...asked,
      });
      if (answer.status !== 201) throw new Error(`no ride: ${JSON.stringify(answer.body)}`);
      return String(answer.body.rideId);
    },
    see: (id: string, asked: Ask = {}) => ask('GET /rides/{id}', { params: { id }, ...asked }),
    accept: (id: string, name: string) => ask('POST /rides/{id}/accept', { params: { id }, ...driver(name) }),
    decline: (id: string, name: string, body?: unknown) =>
      ask('POST /rides/{id}/decline', { params: { id }, ...driver(name), body }),
    cancel: (id: string, asked: Ask = {}) => ask('POST /rides/{id}/cancel', { params: { id }, ...asked }),
    movePickup: (id: string, body: unknown, asked: Ask = {}) =>
      ask('PATCH /rides/{id}/pickup', { params: { id }, body, ...asked }),
    myself: (name: string) => ask('GET /drivers/me', driver(name)),
    report: (name: string, body: unknown) => ask('PUT /drivers/me', { ...driver(name), body }),
  };
};
export type RidesApi = ReturnType<typeof ridesApi>;

export const asDriver = (sub: string) => ({ sub, roles: ['driver'] });
export const asRider = (sub: string) => ({ sub, roles: ['rider'] });
export const asOperator = { sub: 'operator-1', roles: ['operator'] };
export const asRiderAndDriver = (sub: string) => ({ sub, roles: ['rider', 'driver'] });
