/** The story of an order is read, by those it concerns. */
import { describe, expect, it } from 'vitest';
import { compose } from '../../functions/ops/ops.compose.ts';
import { toItem } from '../../functions/platform/dynamo.ts';
import { type Asked, answered, httpEvent, problemOf } from '../support/http.ts';
import { logLines } from '../support/log.ts';
import { testPorts } from '../support/ports.ts';

logLines();
const id = 'TNT-20261121-0000042';
const operator = { sub: 'operator-1', roles: ['operator'] };

const setUp = () => {
  const { ports, env, table } = testPorts();
  const readText = async (path: string | URL) => JSON.stringify({ openapi: '3.1.0', readFrom: String(path) });
  const handler = compose({ ...ports, readText }, env);
  const read = async (asked: Partial<Asked> = {}) =>
    answered(await handler(httpEvent({ method: 'GET', path: '/orders/{id}/story', params: { id }, ...asked })));
  const write = (sk: string, line: object) => table.put('Story', toItem({ pk: `ORDER#${id}`, sk, ...line }));
  const event = (version: number, type: string, seconds: string) =>
    write(`EVENT#ride#00000${version}`, {
      kind: 'event',
      type: `ride.${type}`,
      riderId: 'rider-1',
      at: `2026-11-21T03:44:${seconds}.000Z`,
      version,
    });
  /** The lines are not written in the order of time. */
  const happen = () => {
    const notice = { kind: 'notice', to: 'driver-2', type: 'RIDE_WITHDRAWN', at: '2026-11-21T03:44:09.000Z' };
    write('NOTICE#driver-2#3', { ...notice, version: 3, claimedAt: 1 });
    event(3, 'accepted', '08');
    event(2, 'pickup-updated', '08');
    event(1, 'requested', '00');
    const dispatch = { kind: 'dispatch', driverId: 'driver-1', at: '2026-11-21T03:44:01.000Z', version: 1 };
    write('DISPATCH#driver-1#1', { ...dispatch, expiresAt: 9 });
  };
  return { read, write, happen };
};
const stories = (body: Record<string, unknown>) =>
  (body.lines as { type?: string; kind: string }[]).map(({ type, kind }) => type ?? kind);

describe('an order has a story', () => {
  it('is shown in order of time and then of version', async () => {
    const { read, happen } = setUp();
    happen();
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

  it('is shown without what only the functions need', async () => {
    const { read, happen } = setUp();
    happen();
    const { body } = await read();
    for (const key of ['pk', 'sk', 'claimedAt', 'expiresAt'])
      for (const line of body.lines as object[]) expect(line).not.toHaveProperty(key);
  });

  it('is shown whole, however long it is', async () => {
    const { write, read } = setUp();
    const line = { kind: 'event', riderId: 'rider-1', at: '2026-11-21T03:44:00.000Z' };
    for (let i = 1; i <= 2_500; i += 1) write(`EVENT#ride#${String(i).padStart(6, '0')}`, { ...line, version: i });
    const { body } = await read();
    expect(body.lines).toHaveLength(2_500);
  });

  it('[OPS-8] shows the raw notifications of the gateway to operators only', async () => {
    const { write, read, happen } = setUp();
    happen();
    write('WEBHOOK#1', { kind: 'webhook', at: '2026-11-21T03:44:30.000Z', raw: '{"va_numbers":[]}' });
    expect(stories((await read()).body)).not.toContain('webhook');
    expect(stories((await read(operator)).body)).toContain('webhook');
  });
});

describe('a story is read by someone it does not concern', () => {
  it.each<[string, Partial<Asked>, object]>([
    ['another rider', { sub: 'rider-2' }, { status: 404, code: 'ORDER_NOT_FOUND', fields: [] }],
    [
      'a driver, though they had the offer',
      { sub: 'driver-1', roles: ['driver'] },
      { status: 403, code: 'WRONG_ROLE', fields: [] },
    ],
    [
      'a rider named like a driver of the story',
      { sub: 'driver-1' },
      { status: 404, code: 'ORDER_NOT_FOUND', fields: [] },
    ],
    ['someone without a role', { roles: [] }, { status: 403, code: 'WRONG_ROLE', fields: [] }],
    [
      'an order that does not exist',
      { params: { id: 'TNT-20261121-ZZZZZZZ' } },
      { status: 404, code: 'ORDER_NOT_FOUND', fields: [] },
    ],
    [
      'an order that does not exist, to an operator',
      { ...operator, params: { id: 'TNT-20261121-ZZZZZZZ' } },
      { status: 404, code: 'ORDER_NOT_FOUND', fields: [] },
    ],
    ['an order that cannot be', { params: { id: '42' } }, { status: 400, code: 'INVALID_REQUEST', fields: ['id'] }],
  ])('[OPS-8] is refused: %s', async (_, asked, expected) => {
    const { read, happen } = setUp();
    happen();
    expect(problemOf(await read(asked))).toEqual(expected);
  });
});

describe('a program reads the description of the API', () => {
  it('needs no token and may keep it for five minutes', async () => {
    const { read } = setUp();
    const answer = await read({ path: '/openapi.json', params: {}, claims: {} });
    expect(answer).toMatchObject({
      status: 200,
      body: { openapi: '3.1.0', readFrom: expect.stringMatching(/openapi\.json$/) },
      headers: { 'cache-control': 'public, max-age=300' },
    });
  });
});
