/** The control over HTTP: /_sim/..., JSON in and out, for tests in another process and for the demo. */
import type { IncomingMessage } from 'node:http';
import * as z from 'zod/mini';
import { own } from '../json.ts';
import { json, urlOf } from '../server/http.ts';
import { testCards } from './cards.ts';
import { type Control, NotPossible } from './control.ts';
import { faultRule } from './fault.schema.ts';
import { parseBody, readText } from './http.ts';
import type { CardBehaviour } from './transaction.ts';

const payment = z.object({ offUs: z.optional(z.boolean()), scanned: z.optional(z.boolean()) });
const chargeback = z.object({ amount: z.optional(z.int()) });
const overrides = z.record(z.string(), z.unknown());
const cardKind = z.object({ card: z.enum(Object.keys(testCards) as CardBehaviour[]) });
const balance = z.object({ balance: z.int() });
const advance = z.object({ ms: z.int().check(z.nonnegative()) });

type Given = { readonly body: unknown; readonly query: URLSearchParams; readonly id: string };
type Handler = (control: Control, given: Given) => unknown;

const requireFound = (found: boolean, what: string): void => {
  if (!found) throw new NotPossible(`there is no ${what}`);
};

/** `{id}` is an order id or a transaction id, or the id of what the path names. */
const handlers: Readonly<Record<string, Handler>> = {
  'GET transactions': (control) => control.transactions(),
  'GET transactions/{id}': (control, { id }) => control.transaction(id),
  'POST transactions/{id}/pay': (control, { id, body }) => control.pay(id, payment.parse(body)),
  'POST transactions/{id}/deny': (control, { id }) => control.deny(id),
  'POST transactions/{id}/expire': (control, { id }) => control.expire(id),
  'POST transactions/{id}/fail': (control, { id }) => control.fail(id),
  'POST transactions/{id}/settle': (control, { id }) => control.settle(id),
  'POST transactions/{id}/reverse': (control, { id }) => control.reverse(id),
  'POST transactions/{id}/chargeback': (control, { id, body }) => control.chargeback(id, chargeback.parse(body).amount),
  'POST transactions/{id}/win-dispute': (control, { id }) => control.winDispute(id),
  'POST transactions/{id}/confirm-refunds': (control, { id }) => control.confirmRefunds(id),
  'POST transactions/{id}/notify': (control, { id, body }) => control.notify(id, overrides.parse(body)),
  'POST settle-cards': (control) => control.settleCards(),
  'POST test-notification': (control) => control.testNotification(),
  'GET notifications': (control, { query }) => control.notifications(query.get('id') ?? undefined),
  'POST notifications/{id}/resend': async (control, { id }) =>
    requireFound(await control.resend(id), `notification ${id}`),
  'POST quiet': (control) => control.idle(),
  'GET faults': (control) => control.faults.list(),
  'POST faults': (control, { body }) => ({ id: control.faults.add(faultRule.parse(body)) }),
  'DELETE faults': (control) => control.faults.clear(),
  'DELETE faults/{id}': (control, { id }) => requireFound(control.faults.remove(id), `fault ${id}`),
  'POST card-tokens': (control, { body }) => ({ token_id: control.cardToken(cardKind.parse(body).card) }),
  'POST balance': (control, { body }) => control.setBalance(balance.parse(body).balance),
  'GET clock': (control) => ({ now: control.now() }),
  'POST clock/advance': async (control, { body }) => {
    await control.advance(advance.parse(body).ms);
    return { now: control.now() };
  },
};

/** @param path the segments after /_sim */
export const answerControl = async (request: IncomingMessage, path: readonly string[], control: Control) => {
  const [what, id = '', ...rest] = path;
  const handler =
    own(handlers, `${request.method} ${path.join('/')}`) ??
    own(handlers, `${request.method} ${[what, '{id}', ...rest].join('/')}`);
  const given = parseBody(await readText(request));
  if (!handler) return json(404, { error: `there is no ${request.method} /_sim/${path.join('/')}` });
  if (!given) return json(400, { error: 'the body is not JSON' });
  try {
    return json(200, (await handler(control, { body: given.value, query: urlOf(request).searchParams, id })) ?? {});
  } catch (error) {
    if (error instanceof NotPossible) return json(409, { error: error.message });
    if (error instanceof z.core.$ZodError) return json(400, { error: z.prettifyError(error) });
    throw error;
  }
};
