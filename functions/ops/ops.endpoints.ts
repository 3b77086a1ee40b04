/** What the reading routes do. */

import { has } from '../kernel/principal.ts';
import { refusal } from '../kernel/problem.ts';
import type { Endpoints } from '../kernel/route.ts';
import type { OrderId } from '../kernel/types.ts';
import type { answers } from './ops.answers.ts';
import type { routes } from './ops.routes.ts';
import type { StoryLine } from './story.store.ts';

export type OpsDeps = {
  readonly story: (orderId: OrderId) => Promise<readonly StoryLine[]>;
  /** The OpenAPI document, as text. */
  readonly document: () => Promise<string>;
};

/** Also for an order of someone else. */
export const unknownOrder = {
  code: 'ORDER_NOT_FOUND',
  message: 'There is no order with this id that is yours. Check the id and the token.',
  status: 404,
} as const;

export const endpoints = ({ story, document }: OpsDeps): Endpoints<typeof routes, typeof answers> => ({
  'GET /orders/{id}/story': async ({ principal, params }) => {
    const orderId = params.id;
    const lines = await story(orderId);
    const isOperator = has(principal, 'operator');
    const isConcerned = isOperator || lines.some(({ riderId }) => riderId === principal.sub);
    if (lines.length === 0 || !isConcerned) throw refusal(unknownOrder);
    return {
      status: 200,
      body: { orderId, lines: isOperator ? lines : lines.filter(({ kind }) => kind !== 'webhook') },
    };
  },
  'GET /openapi.json': async () => ({
    status: 200,
    body: await document(),
    headers: { 'cache-control': 'public, max-age=300' },
  }),
});
