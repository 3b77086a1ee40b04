// The control over HTTP: /_sim/..., JSON in and out, for tests in another process and for the demo.
import type { IncomingMessage } from 'node:http';
import * as z from 'zod/mini';
import { type Control, NotPossible } from './control.ts';
import { faultRule } from './fault.schema.ts';
import { json, parseJson, queryOf, type Reply, readText } from './http.ts';

const payment = z.object({ offUs: z.optional(z.boolean()), scanned: z.optional(z.boolean()) });
const chargeback = z.object({ amount: z.optional(z.int()) });
const overrides = z.record(z.string(), z.unknown());
const cardKind = z.object({ card: z.enum(['accept', 'deny', 'fraud', 'challenge', 'slow']) });
const balance = z.object({ balance: z.int() });
const advance = z.object({ ms: z.int().check(z.nonnegative()) });

type Asked = { readonly body: unknown; readonly query: URLSearchParams; readonly id: string };
type Handler = (control: Control, asked: Asked) => unknown;

const present = <T extends object>(given: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as never;

const gone = (there: boolean, what: string): object => {
  if (!there) throw new NotPossible(`there is no ${what}`);
  return {};
};

/** `GET transactions/{id}` and the like; `{id}` is an order id or a transaction id. */
const HANDLERS: Readonly<Record<string, Handler>> = {
  'GET transactions': (control) => control.transactions(),
  'GET transactions/{id}': (control, { id }) => control.transaction(id),
  'POST transactions/{id}/pay': (control, { id, body }) => control.pay(id, present(payment.parse(body))),
  'POST transactions/{id}/deny': (control, { id }) => control.deny(id),
  'POST transactions/{id}/expire': (control, { id }) => control.expire(id),
  'POST transactions/{id}/fail': (control, { id }) => control.fail(id),
  'POST transactions/{id}/settle': (control, { id }) => control.settle(id),
  'POST transactions/{id}/reverse': (control, { id }) => control.reverse(id),
  'POST transactions/{id}/chargeback': (control, { id, body }) => control.chargeback(id, chargeback.parse(body).amount),
  'POST transactions/{id}/confirm-refunds': (control, { id }) => control.confirmRefunds(id),
  'POST transactions/{id}/notify': async (control, { id, body }) => {
    await control.notify(id, overrides.parse(body));
    return {};
  },
  'POST settle-cards': (control) => control.settleCards(),
  'POST test-notification': async (control) => {
    await control.testNotification();
    return {};
  },
  'GET notifications': (control, { query }) => control.notifications(query.get('id') ?? undefined),
  'POST notifications/{id}/resend': async (control, { id }) => gone(await control.resend(id), `notification ${id}`),
  'POST quiet': async (control) => {
    await control.quiet();
    return {};
  },
  'GET faults': (control) => control.faults.list(),
  'POST faults': (control, { body }) => ({ id: control.faults.add(faultRule.parse(body)) }),
  'DELETE faults': (control) => {
    control.faults.clear();
    return {};
  },
  'DELETE faults/{id}': (control, { id }) => gone(control.faults.remove(id), `fault ${id}`),
  'POST card-tokens': (control, { body }) => ({ token_id: control.cardToken(cardKind.parse(body).card) }),
  'POST balance': (control, { body }) => {
    control.setBalance(balance.parse(body).balance);
    return {};
  },
  'GET clock': (control) => ({ now: control.now() }),
  'POST clock/advance': async (control, { body }) => {
    await control.advance(advance.parse(body).ms);
    return { now: control.now() };
  },
};

const handlerOf = (
  method: string,
  path: readonly string[],
): { readonly handler: Handler; readonly id: string } | undefined => {
  const [what, id = '', ...rest] = path;
  const plain = HANDLERS[`${method} ${path.join('/')}`];
  const named = id && HANDLERS[`${method} ${[what, '{id}', ...rest].join('/')}`];
  const handler = plain ?? (named || undefined);
  return handler && { handler, id };
};

/** @param path the segments after /_sim */
export const answerControl = async (
  request: IncomingMessage,
  path: readonly string[],
  control: Control,
): Promise<Reply> => {
  const found = handlerOf(request.method ?? 'GET', path);
  const given = parseJson((await readText(request)) ?? '-');
  if (!found) return json(404, { error: `there is no ${request.method} /_sim/${path.join('/')}` });
  if (!given) return json(400, { error: 'the body is not JSON' });
  try {
    return json(200, await found.handler(control, { body: given.value, query: queryOf(request), id: found.id }));
  } catch (error) {
    if (error instanceof NotPossible) return json(409, { error: error.message });
    if (error instanceof z.core.$ZodError) return json(400, { error: z.prettifyError(error) });
    throw error;
  }
};
