/** The quoted fare of a rental car in the request of a ride. */
import { describe, expect, it } from 'vitest';
import { problemOf } from '../support/http.ts';
import { logLines } from '../support/log.ts';
import { ridesApi, trip } from '../support/rides-api.ts';

logLines();

const requested = (body: object) => {
  const { call, stored } = ridesApi();
  return call('POST /rides', { body: { ...trip, ...body } }).then((answer) => ({ answer, stored }));
};

describe('[ORD-13] a rental car is requested', () => {
  it('with the fare that was quoted, which the ride keeps', async () => {
    const { answer, stored } = await requested({ serviceLine: 'GB', quote: 1_500_000 });
    expect(answer.status).toBe(201);
    expect(stored()).toMatchObject([{ state: { serviceLine: 'GB', quote: 1_500_000 } }]);
  });

  it('without one, and is paid after the trip', async () => {
    expect((await requested({ serviceLine: 'GB' })).answer.status).toBe(201);
  });

  it.each([
    ['with nothing', { serviceLine: 'GB', quote: 0 }],
    ['with a part of a rupiah', { serviceLine: 'GB', quote: 0.5 }],
    ['with text', { serviceLine: 'GB', quote: '1500000' }],
    ['for a taxi', { serviceLine: 'BB', quote: 1_500_000 }],
    ['for an executive taxi', { serviceLine: 'SB', quote: 1_500_000 }],
  ])('%s it is refused, naming the field', async (_, body) => {
    const { answer, stored } = await requested(body);
    expect(problemOf(answer)).toMatchObject({ status: 400, fields: ['quote'] });
    expect(stored()).toEqual([]);
  });
});
