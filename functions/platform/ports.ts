/** Everything outside a function that it uses. Lambda, tests and the simulated world pass in their own. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Instant } from '../kernel/types.ts';
import type { Published } from './stream-reader.ts';

/** Settings by name, read through `env.ts`. */
export type Env = Readonly<Record<string, string | undefined>>;

export type HttpCall = {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** For the whole call, in milliseconds. */
  readonly timeoutMs: number;
};
/** Calls another service. @throws `TimeoutError` after `timeoutMs`; an error with a `cause.code` when unreachable */
export type Http = (url: string, call: HttpCall) => Promise<{ readonly status: number; readonly text: string }>;

export type Clock = {
  readonly now: () => Instant;
  /** At least 0, below 1. */
  readonly random: () => number;
  readonly pause: (ms: number) => Promise<void>;
};

export type Dynamo = Pick<DynamoDBClient, 'send'>;

/** Reads and writes items, some of which expire. */
export type TablePorts = { readonly dynamo: Dynamo } & Pick<Clock, 'now'>;

export type Entry = { readonly body: string; readonly delaySeconds: number };
/** @throws the SDK's error when the queue cannot be reached */
export type Queues = {
  readonly send: (queueUrl: string, body: string, attributes?: Readonly<Record<string, string>>) => Promise<void>;
  /** @throws {Unavailable} when the queue did not take all of them */
  readonly sendAll: (queueUrl: string, entries: readonly Entry[]) => Promise<void>;
  /** A received message is delivered again after so many seconds. */
  readonly delay: (queueUrl: string, receiptHandle: string, seconds: number) => Promise<void>;
};
/**
 * @throws {NotPublished} naming those that the bus did not take; after any other error perhaps some were taken. A
 * retry may repeat an event: consumers drop repeated ids.
 */
export type Bus = (busName: string, events: readonly Published[]) => Promise<void>;
/** Posts to one connection of a WebSocket API; `false` when it is gone. */
export type PostToConnection = (endpoint: string, connectionId: string, body: string) => Promise<boolean>;

/** What every function has. */
export type BasePorts = Clock & {
  readonly http: Http;
  readonly readText: (path: string | URL) => Promise<string>;
  /** @throws the SDK's error when the secret cannot be read */
  readonly readSecret: (id: string) => Promise<string>;
};
/** Clients that are costly to load: each function names those it needs. */
export type Clients = {
  readonly dynamo: Dynamo;
  readonly queues: Queues;
  readonly bus: Bus;
  readonly postToConnection: PostToConnection;
};
export type Ports<Needs extends keyof Clients = never> = BasePorts & Pick<Clients, Needs>;
