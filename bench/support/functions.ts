/** Functions as Lambda runs them: the real edge around their own wiring, on clients of the benchmark. */
import { readFile } from 'node:fs/promises';
import type { Context } from 'aws-lambda';
import { instant } from '../../functions/kernel/types.ts';
import { http } from '../../functions/platform/http-client.ts';
import type { BasePorts, Clients, Env, Http, Queues } from '../../functions/platform/ports.ts';
import type { Database } from './database.ts';

const mailbox = 'http://mailbox';

export const realPorts: BasePorts = {
  now: () => instant(Date.now()),
  random: Math.random,
  pause: async () => undefined,
  http,
  readText: (path) => readFile(path, 'utf8'),
  readSecret: async (id) => {
    throw new Error(`there is no secret ${id}`);
  },
};

/** As Lambda hands it to a function. */
export const contextOf = (awsRequestId: string): Context =>
  ({ awsRequestId, getRemainingTimeInMillis: () => 30_000 }) as Context;

/** What functions read of their environment; the rest is given by the benchmark. */
export const envOf = ({ state, story }: Database, more: Env = {}): Env => ({
  STATE_TABLE: state,
  STORY_TABLE: story,
  ROLES_CLAIM: 'roles',
  QUEUE_URL: 'own',
  DEAD_LETTER_URL: 'dead',
  TIMERS_QUEUE_URL: 'timers',
  KEEP_FACTS_AFTER_SECONDS: '600',
  SWEEP_OWN_PER_MINUTE: '20000',
  SWEEP_GATEWAY_PER_MINUTE: '1000',
  SWEEP_BUS_PER_MINUTE: '6000',
  PUSH_QUEUE_URL: 'push',
  WEBSOCKET_ENDPOINT: 'http://sockets',
  MAIL_FROM: 'Tuntas <receipts@tuntas.example>',
  MAIL_ENDPOINT: mailbox,
  TUNTAS_FLAGS: 'local/flags.json',
  ...more,
});

/** Nothing fails here: a benchmark that parks or delays a message measures something else. Wake-ups go nowhere. */
const neverFails: Queues = {
  send: async (_, body, attributes) => {
    throw new Error(`parked: ${body} ${JSON.stringify(attributes)}`);
  },
  sendAll: async () => undefined,
  delay: async (_, receiptHandle) => {
    throw new Error(`a message failed: ${receiptHandle}`);
  },
};

type Given = Pick<Clients, 'dynamo' | 'postToConnection'>;
type Composed<Event, Answer> = (ports: BasePorts & Clients, env: Env) => (event: Event) => Promise<Answer>;

/** @returns makes a function of its wiring */
export const functionsOn = async (env: Env, given: Given) => {
  Object.assign(process.env, env);
  const { lambda } = await import('../../functions/platform/lambda.ts');
  const mails: Http = async (url, call) => (url.startsWith(mailbox) ? { status: 200, text: '{}' } : http(url, call));
  const clients = { ...given, http: mails, queues: neverFails, bus: async () => undefined };
  let calls = 0;
  return <Event, Answer>(compose: Composed<Event, Answer>) => {
    const handler = lambda(compose, clients);
    return (event: Event): Promise<Answer> => {
      calls += 1;
      return handler(event, contextOf(`call-${calls}`)) as Promise<Answer>;
    };
  };
};
