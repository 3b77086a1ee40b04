/** What the reading routes do. */

import type { KeyOf } from '../kernel/route.ts';
import type { OrderId } from '../kernel/types.ts';
import { type Endpoint, has, refusal } from '../platform/http.ts';
import type { routes } from './ops.routes.ts';
import type { StoryLine } from './story.store.ts';

export type OrdersDeps = {
  readonly story: (orderId: OrderId) => Promise<readonly StoryLine[]>;
  /** The OpenAPI document, as text. */
  readonly document: () => Promise<string>;
};

/** Nor is it there for those whose it is not. */
const unknownOrder = {
  code: 'ORDER_NOT_FOUND',
  message: 'There is no order with this id that is yours. Check the id and the token.',
  status: 404,
} as const;

export const endpoints = ({ story, document }: OrdersDeps): Readonly<Record<KeyOf<typeof routes>, Endpoint>> => ({
  'GET /orders/{id}/story': async ({ principal, params }) => {
    const orderId = params.id as OrderId;
    const lines = await story(orderId);
    const isTheirs = has(principal, 'operator') || lines.some(({ riderId }) => riderId === principal.sub);
    if (lines.length === 0 || !isTheirs) throw refusal(unknownOrder);
    const shown = has(principal, 'operator') ? lines : lines.filter(({ kind }) => kind !== 'webhook');
    return { status: 200, body: { orderId, lines: shown } };
  },
  'GET /openapi.json': async () => ({
    status: 200,
    body: await document(),
    headers: { 'cache-control': 'public, max-age=300' },
  }),
});
