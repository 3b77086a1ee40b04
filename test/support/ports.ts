/** The ports of a function under test: the model of the tables, queues and a bus that remember, a clock that is set. */
import { type Instant, instant } from '../../functions/kernel/types.ts';
import type { BasePorts, Clients, Env, Http } from '../../functions/platform/ports.ts';
import type { Published } from '../../functions/platform/stream-reader.ts';
import { clientOf, type MemoryTable, memoryTable } from './memory-table.ts';

/** 2026-11-21T03:44:00Z. */
export const start = instant(Date.UTC(2026, 10, 21, 3, 44));

/** What every function under test may read of its environment. */
export const env: Env = {
  STAGE: 'test',
  STATE_TABLE: 'State',
  STORY_TABLE: 'Story',
  ROLES_CLAIM: 'roles',
  QUEUE_URL: 'own-queue',
  DEAD_LETTER_URL: 'own-dead-letters',
  TIMERS_QUEUE_URL: 'timers',
  GATEWAY_QUEUE_URL: 'gateway',
  WEBHOOK_QUEUE_URL: 'webhook',
  ORPHANS_URL: 'orphans',
  PUSH_QUEUE_URL: 'push',
  BUS_NAME: 'bus',
  KEEP_FACTS_AFTER_SECONDS: '600',
  SWEEP_OWN_PER_MINUTE: '20000',
  SWEEP_GATEWAY_PER_MINUTE: '1000',
  SWEEP_BUS_PER_MINUTE: '6000',
  WEBSOCKET_ENDPOINT: 'https://socket',
  OIDC_ISSUER: 'https://issuer',
  OIDC_AUDIENCE: 'tuntas',
  MAIL_FROM: 'Tuntas <receipts@tuntas.example>',
  MAIL_ENDPOINT: 'https://mailbox',
  MIDTRANS_URL: 'https://gateway',
  MIDTRANS_SERVER_KEYS: 'server-key',
  MIDTRANS_MERCHANT_ID: 'G700000001',
  EZPAY_CODE_KEYS: 'code-key',
  LIVE_STREAMS: '2',
  TUNTAS_DEPLOYED_FLAGS: '{"idempotent-dispatch":{"percent":100},"ezpay-mode":{"async":100}}',
};

export type Sent = {
  readonly queue: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly delaySeconds: number;
};

type Options = {
  readonly table?: MemoryTable;
  readonly dynamo?: Clients['dynamo'];
  readonly http?: Http;
  readonly random?: () => number;
};

const unreachable: Http = async (url) => {
  throw Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNREFUSED', message: `no one at ${url}` } });
};

export const testPorts = ({ table = memoryTable(), dynamo, http = unreachable, random = () => 0.5 }: Options = {}) => {
  let time: Instant = start;
  const sent: Sent[] = [];
  const delayed: { readonly queue: string; readonly receiptHandle: string; readonly seconds: number }[] = [];
  const published: Published[] = [];
  const posted: { readonly connectionId: string; readonly body: string }[] = [];
  const ports: BasePorts & Clients = {
    now: () => time,
    random,
    pause: async () => undefined,
    http,
    readText: async (path) => {
      throw new Error(`there is no file ${path}`);
    },
    readSecret: async (id) => {
      throw new Error(`there is no secret ${id}`);
    },
    dynamo: dynamo ?? clientOf(table),
    queues: {
      send: async (queue, body, attributes = {}) => void sent.push({ queue, body, attributes, delaySeconds: 0 }),
      sendAll: async (queue, entries) =>
        void sent.push(...entries.map((entry) => ({ queue, attributes: {}, ...entry }))),
      delay: async (queue, receiptHandle, seconds) => void delayed.push({ queue, receiptHandle, seconds }),
    },
    bus: async (_, events) => void published.push(...events),
    postToConnection: async (_, connectionId, body) => {
      posted.push({ connectionId, body });
      return true;
    },
  };
  return {
    ports,
    env,
    table,
    sent,
    delayed,
    published,
    posted,
    /** What was sent to a queue, as JSON. */
    messagesTo: (queue: string): readonly unknown[] =>
      sent.filter((one) => one.queue === queue).map(({ body }) => JSON.parse(body) as unknown),
    clock: {
      now: (): Instant => time,
      set: (to: Instant): void => {
        time = to;
      },
      pass: (ms: number): void => {
        time = instant(time + ms);
      },
    },
  };
};
