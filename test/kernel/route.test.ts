/** The types of a route reach its endpoint: what does not fit does not compile. */
import { describe, expect, expectTypeOf, it } from 'vitest';
import * as z from 'zod/mini';
import type { Answers, Endpoints, Route } from '../../functions/kernel/route.ts';
import { routeKey } from '../../functions/kernel/route.ts';
import type { instant } from '../../functions/kernel/types.ts';

const routes = [
  {
    method: 'POST',
    path: '/things/{id}',
    summary: '',
    params: { id: z.string().brand<'ThingId'>() },
    body: z.object({ count: z.int(), note: z._default(z.string(), '') }),
  },
  { method: 'GET', path: '/things', summary: '' },
] as const satisfies readonly Route[];
const thing = z.object({ name: z.string() });
const answers = {
  'POST /things/{id}': { 200: { description: '', schema: thing }, 201: { description: '', schema: thing } },
  'GET /things': { 200: { description: '', schema: z.array(thing) } },
} satisfies Answers<(typeof routes)[number]>;
type Given = Endpoints<typeof routes, typeof answers>;
type Change = Given['POST /things/{id}'];
type List = Given['GET /things'];

describe('a route', () => {
  it('is named by its method and its path', () => {
    expect(routes.map(routeKey)).toEqual(['POST /things/{id}', 'GET /things']);
  });

  it('gives its endpoint the parameters and the body that its schemas give', () => {
    type Request = Parameters<Change>[0];
    expectTypeOf<Request['params']['id']>().toEqualTypeOf<string & z.core.$brand<'ThingId'>>();
    expectTypeOf<Request['body']>().toEqualTypeOf<{ count: number; note: string }>();
    expectTypeOf<Parameters<List>[0]['body']>().toEqualTypeOf<undefined>();
    expectTypeOf<keyof Given>().toEqualTypeOf<'POST /things/{id}' | 'GET /things'>();
    expectTypeOf<Parameters<List>[0]['at']>().toEqualTypeOf<ReturnType<typeof instant>>();
  });

  it('takes from its endpoint an answer that it declares, and no other', () => {
    const right: Given = {
      'POST /things/{id}': async ({ params }) => ({ status: 201, body: { name: params.id } }),
      'GET /things': async () => ({ status: 200, body: [] }),
    };
    // @ts-expect-error: 202 is not declared
    const otherStatus: Change = async () => ({ status: 202, body: { name: 'a' } });
    // @ts-expect-error: the name is text
    const otherBody: Change = async () => ({ status: 200, body: { name: 7 } });
    // @ts-expect-error: the route has no parameter of this name
    const otherParameter: Change = async ({ params }) => ({ status: 200, body: { name: params.name } });
    // @ts-expect-error: a route without an endpoint
    const forgotten: Given = { 'GET /things': right['GET /things'] };
    expect([right, otherStatus, otherBody, otherParameter, forgotten]).toHaveLength(5);
  });
});
