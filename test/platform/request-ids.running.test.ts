/** The request id of an answer leads to the lines of its request: of a decision, a refusal, an invalid request. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokensOf } from '../../local/people/people.ts';
import { type OwnStack, ownStack } from '../support/own-stack.ts';

let stack: OwnStack;
beforeAll(async () => {
  stack = await ownStack();
});
afterAll(() => stack.end());

type Line = Readonly<Record<string, unknown>>;

const request = async (sub: string, path: string, body: object) => {
  const token = await tokensOf(stack.ready, sub.startsWith('driver') ? 'driver' : 'rider', sub)(undefined);
  const response = await fetch(stack.ready.api + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  const requestId = String(response.headers.get('x-request-id'));
  return { status: response.status, requestId, body: (await response.json()) as Readonly<Record<string, unknown>> };
};

const linesOf = (requestId: string): readonly Line[] =>
  stack.hooks
    .logs('dispatch-api')
    .map((line) => JSON.parse(line) as Line)
    .filter(({ correlation_id }) => correlation_id === requestId);

const place = { lat: -6.2, lng: 106.8 };
const ride = { serviceLine: 'BB', pickup: place, destination: place, candidates: ['driver-1'] };

describe('requests are answered, several at the same time', () => {
  it('[OPS-4] the request id of each answer leads to its own lines, and to no others', async () => {
    const requested = await Promise.all(['rider-1', 'rider-2', 'rider-3'].map((sub) => request(sub, '/rides', ride)));
    for (const { status, requestId, body } of requested) {
      expect(status).toBe(201);
      const decisions = () => linesOf(requestId).filter(({ message }) => message === 'Decided');
      await expect.poll(() => decisions().map(({ orderId }) => orderId)).toEqual([body.rideId]);
      expect(decisions()).toMatchObject([
        {
          outcome: 'happened',
          service: 'dispatch',
          xray_trace_id: expect.stringMatching(/^1-[0-9a-f]{8}-[0-9a-f]{24}$/),
          function_request_id: expect.any(String),
        },
      ]);
    }
  });

  it('[OPS-4] the request id of a refusal leads to the refused decision', async () => {
    const { body: requested } = await request('rider-1', '/rides', ride);
    const { status, requestId, body } = await request('driver-2', `/rides/${requested.rideId}/accept`, {});
    expect([status, body.requestId]).toEqual([404, requestId]);
    await expect.poll(() => linesOf(requestId)).not.toEqual([]);
    expect(linesOf(requestId)).toMatchObject([
      { message: 'Decided', orderId: requested.rideId, outcome: 'refused', code: 'NOT_OFFERED_TO_DRIVER' },
      { message: 'Request refused', status: 404, code: 'NOT_OFFERED_TO_DRIVER' },
    ]);
  });

  it('[OPS-4] the request id of an invalid request leads to its refusal', async () => {
    const { status, requestId, body } = await request('rider-1', '/rides', { ...ride, pickup: { lat: 91, lng: 0 } });
    expect([status, body.requestId]).toEqual([400, requestId]);
    await expect
      .poll(() => linesOf(requestId))
      .toMatchObject([{ message: 'Request refused', status: 400, code: 'INVALID_REQUEST', route: 'POST /rides' }]);
  });
});
