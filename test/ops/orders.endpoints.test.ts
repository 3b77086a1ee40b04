/** Somebody reads the story of an order. */
import { describe, expect, it } from 'vitest';
import { endpoints } from '../../functions/ops/ops.endpoints.ts';
import { routes } from '../../functions/ops/ops.routes.ts';
import { readStory } from '../../functions/ops/story.store.ts';
import { toItem } from '../../functions/platform/dynamo.ts';
import { httpApi } from '../../functions/platform/http.ts';
import { start } from '../support/dispatch.ts';
import { type Asked, answered, httpEvent, problemOf } from '../support/http.ts';
import { logLines } from '../support/log.ts';
import { clientOf, memoryTable } from '../support/memory-table.ts';

logLines();
const id = 'TNT-20261121-0000042';
const pk = `ORDER#${id}`;
const line = (sk: string, rest: object) => toItem({ pk, sk, ...rest });

const setUp = () => {
  const table = memoryTable();
  const handler = httpApi(
    routes,
    endpoints({ story: readStory(clientOf(table), 'Story'), document: async () => '{"openapi":"3.1.0"}' }),
    {
      rolesClaim: 'roles',
      now: () => start,
    },
  );
  const read = async (asked: Partial<Asked> = {}) =>
    answered(await handler(httpEvent({ method: 'GET', path: '/orders/{id}/story', params: { id }, ...asked })));
  const tell = () => {
    table.put(
      'Story',
      line('NOTICE#driver-2#3', {
        kind: 'notice',
        to: 'driver-2',
        type: 'RIDE_WITHDRAWN',
        at: '2026-11-21T03:44:09.000Z',
        version: 3,
        claimedAt: 1,
      }),
    );
    table.put(
      'Story',
      line('EVENT#ride#000003', {
        kind: 'event',
        type: 'ride.accepted',
        riderId: 'rider-1',
        at: '2026-11-21T03:44:08.000Z',
        version: 3,
      }),
    );
    table.put(
      'Story',
      line('EVENT#ride#000002', {
        kind: 'event',
        type: 'ride.pickup-updated',
        riderId: 'rider-1',
        at: '2026-11-21T03:44:08.000Z',
        version: 2,
      }),
    );
    table.put(
      'Story',
      line('EVENT#ride#000001', {
        kind: 'event',
        type: 'ride.requested',
        riderId: 'rider-1',
        at: '2026-11-21T03:44:00.000Z',
        version: 1,
      }),
    );
    table.put(
      'Story',
      line('DISPATCH#driver-1#1', {
        kind: 'dispatch',
        driverId: 'driver-1',
        at: '2026-11-21T03:44:01.000Z',
        version: 1,
        expiresAt: 9,
      }),
    );
  };
  return { table, read, tell, handler };
};
const stories = (body: Record<string, unknown>) =>
  (body.lines as { type?: string; kind: string }[]).map(({ type, kind }) => type ?? kind);

describe('an order has a story', () => {
  it('is told by one query, in order of time and then of version', async () => {
    const { read, tell } = setUp();
    tell();
    const { status, body } = await read();
    expect(status).toBe(200);
    expect(stories(body)).toEqual([
      'ride.requested',
      'dispatch',
      'ride.pickup-updated',
      'ride.accepted',
      'RIDE_WITHDRAWN',
    ]);
  });

  it('is told without what only the machinery needs', async () => {
    const { read, tell } = setUp();
    tell();
    const { body } = await read();
    for (const key of ['pk', 'sk', 'claimedAt', 'expiresAt'])
      for (const told of body.lines as object[]) expect(told).not.toHaveProperty(key);
  });

  it('is told whole, however long it is', async () => {
    const { table, read } = setUp();
    for (let i = 1; i <= 2_500; i += 1)
      table.put(
        'Story',
        line(`EVENT#ride#${String(i).padStart(6, '0')}`, {
          kind: 'event',
          riderId: 'rider-1',
          at: '2026-11-21T03:44:00.000Z',
          version: i,
        }),
      );
    const { body } = await read();
    expect(body.lines).toHaveLength(2_500);
  });

  it('[OPS-8] shows the raw notifications of the gateway to operators only', async () => {
    const { table, read, tell } = setUp();
    tell();
    table.put(
      'Story',
      line('WEBHOOK#1', { kind: 'webhook', at: '2026-11-21T03:44:30.000Z', raw: '{"va_numbers":[]}' }),
    );
    expect(stories((await read()).body)).not.toContain('webhook');
    expect(stories((await read({ sub: 'operator-1', roles: ['operator'] })).body)).toContain('webhook');
  });
});

describe('somebody asks for a story who may not', () => {
  it.each<[string, Partial<Asked>, object]>([
    ['another rider', { sub: 'rider-2' }, { status: 404, code: 'ORDER_NOT_FOUND', fields: [] }],
    [
      'a driver, though he had the offer',
      { sub: 'driver-1', roles: ['driver'] },
      { status: 403, code: 'WRONG_ROLE', fields: [] },
    ],
    [
      'a rider named like a driver of the story',
      { sub: 'driver-1' },
      { status: 404, code: 'ORDER_NOT_FOUND', fields: [] },
    ],
    ['somebody without a role', { roles: [] }, { status: 403, code: 'WRONG_ROLE', fields: [] }],
    [
      'an order that is not there',
      { params: { id: 'TNT-20261121-ZZZZZZZ' } },
      { status: 404, code: 'ORDER_NOT_FOUND', fields: [] },
    ],
    ['an order that cannot be', { params: { id: '42' } }, { status: 400, code: 'INVALID_REQUEST', fields: ['id'] }],
  ])('[OPS-8] is refused: %s', async (_, asked, expected) => {
    const { read, tell } = setUp();
    tell();
    expect(problemOf(await read(asked))).toEqual(expected);
  });
});

describe('a program reads the description of the API', () => {
  it('needs no token and may keep it for five minutes', async () => {
    const { read } = setUp();
    const answer = await read({ path: '/openapi.json', params: {}, claims: {} });
    expect(answer).toMatchObject({
      status: 200,
      body: { openapi: '3.1.0' },
      headers: { 'cache-control': 'public, max-age=300' },
    });
  });
});
