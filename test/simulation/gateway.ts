/** The gateway's simulator on the world's clock, behind the network of the world: the truth about money. */
import type { HttpCall } from '../../functions/platform/ports.ts';
import { idempotency } from '../../local/gateway/answer-call.ts';
import { type Call, routeOf } from '../../local/gateway/call.ts';
import { cardTokens } from '../../local/gateway/cards.ts';
import { chances as chancesOf } from '../../local/gateway/chance.ts';
import type { Clock } from '../../local/gateway/clock.ts';
import { createControl } from '../../local/gateway/control.ts';
import { errorBody, httpStatus, Refused } from '../../local/gateway/errors.ts';
import { faultScript } from '../../local/gateway/faults.ts';
import { createGateway } from '../../local/gateway/gateway.ts';
import { createNotifier } from '../../local/gateway/notifier.ts';
import { type Answered, retryGaps } from '../../local/gateway/retries.ts';
import { createStore } from '../../local/gateway/store.ts';
import type { Json } from '../../local/json.ts';
import { bank } from './bank.ts';
import type { Engine } from './engine.ts';
import type { Sabotage } from './sabotage.ts';

export const serverKey = 'SB-Mid-server-simulated';
const authorization = `Basic ${Buffer.from(`${serverKey}:`).toString('base64')}`;
export const merchantId = 'G700000001';

export type GatewayOptions = {
  readonly engine: Engine;
  readonly seed: number;
  /** Delivers a notification to our webhook; resolves to the HTTP status or to why there was none. */
  readonly post: (body: string) => Promise<Answered>;
  readonly sabotage: Sabotage;
};
type Reply = { readonly status: number; readonly text: string };

const clockOn = (engine: Engine): Clock => ({
  now: engine.now,
  after: (ms, task) => {
    let wanted = true;
    engine.after(ms, () => {
      if (wanted) void task();
    });
    return () => {
      wanted = false;
    };
  },
  advance: async () => undefined,
  stop: () => undefined,
});

const callOf = (url: string, { method = 'POST', headers = {}, body = '' }: HttpCall): Call | undefined => {
  const route = routeOf(new URL(url).pathname.split('/').filter(Boolean));
  if (!route || route === 'malformed') return undefined;
  const header = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return {
    ...route,
    body: body === '' ? undefined : (JSON.parse(body) as unknown),
    contentType: header.get('content-type'),
    idempotencyKey: method === 'POST' ? header.get('idempotency-key') : undefined,
    overrideUrls: [],
    appendUrls: [],
  };
};

/** What was notified, and when that ended a way to pay. */
const notificationLog = (now: () => number) => {
  /** The last one about an order id, whoever sent it. */
  const notified = new Map<string, string>();
  /** When a transaction was first notified as no longer pending. */
  const closedAt = new Map<string, number>();
  return {
    notified,
    closedAt,
    noteNotification: (body: string): void => {
      const { order_id: id } = JSON.parse(body) as { readonly order_id?: string };
      if (id !== undefined) notified.set(id, body);
    },
    noteEnd: (body: string): void => {
      const seen = JSON.parse(body) as { readonly transaction_id: string; readonly transaction_status: string };
      if (seen.transaction_status !== 'pending' && !closedAt.has(seen.transaction_id))
        closedAt.set(seen.transaction_id, now());
    },
  };
};

export const gateway = ({ engine, seed, post, sabotage }: GatewayOptions) => {
  const clock = clockOn(engine);
  const chances = chancesOf(seed);
  const faults = faultScript([], chances);
  const write = (): void => undefined;
  const { notified, noteNotification, closedAt, noteEnd } = notificationLog(engine.now);
  const sender = {
    post: (_url: string, body: string) => {
      noteNotification(body);
      noteEnd(body);
      return post(body);
    },
    stop: () => undefined,
  };
  const notifier = createNotifier({ clock, chances, faults, sender, serverKey, gaps: retryGaps, write });
  const merchant = {
    merchantId,
    serverKey,
    clientKey: 'SB-Mid-client-simulated',
    destinations: ['https://webhook'],
    inactive: [],
    balance: Number.POSITIVE_INFINITY,
    refundKeys: new Map(),
  };
  const store = createStore({ clock, chances, notifier, write });
  const context = {
    merchant,
    store,
    notifier,
    faults,
    tokens: cardTokens(chances('tokens'), clock.now),
    clock,
    chances,
    url: () => 'https://gateway',
  };
  const rules = createGateway(context);
  const keys = idempotency(clock.now);
  const errors = chances('answers');

  const perform = async (call: Call): Promise<{ readonly http: number; readonly body: Json }> => {
    try {
      const { body, notify } = await rules.perform(call, []);
      if (notify) void notifier.notify(notify);
      return { http: 200, body };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return { http: httpStatus(error.code, 'documented'), body: errorBody(error, errors.uuid()) };
    }
  };
  const ids = chances('second transactions');
  const altered = new Map<string, Json>();
  return {
    bank: bank({ store, notifier, control: createControl(context), newId: () => ids.uuid(), now: clock.now }),
    transactions: store.all,
    /** When nothing could be paid under a transaction any more; undefined while it can. */
    closedAt: (transactionId: string): number | undefined => closedAt.get(transactionId),
    noteNotification,
    /** A field of every answer about an order id says something else from now on. */
    alterAnswers: (id: string, fields: Json): void => void altered.set(id, fields),
    /** One call of our client, as it arrives. */
    receive: async (url: string, sent: HttpCall, by: string): Promise<Reply> => {
      const call = sabotage.gatewayCall(url, sent, by);
      const parsed = callOf(url, call);
      const believed = parsed && 'id' in parsed ? notified.get(parsed.id) : undefined;
      if (believed !== undefined && sabotage.believesNotifications(url, by)) return { status: 200, text: believed };
      if (!parsed || call.headers?.authorization !== authorization)
        return { status: 401, text: '{"status_code":"401"}' };
      const answer = await keys(rules.honoursKey(parsed) ? parsed.idempotencyKey : undefined, () => perform(parsed));
      if (answer === 'running') return { status: 429, text: '{"status_code":"429"}' };
      const body = { ...answer.body, ...altered.get(String(answer.body.order_id)) };
      return { status: answer.http, text: JSON.stringify(body) };
    },
  };
};
export type Gateway = ReturnType<typeof gateway>;
