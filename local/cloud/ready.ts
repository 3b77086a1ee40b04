/** What a tool or a test needs to find the running stack. */

import { LOOPBACK } from '../server/ports.ts';
import type { Places } from './addresses.ts';
import type { Table } from './dynamodb/tables.ts';
import type { Queues } from './sqs/queues.ts';
import type { Stack } from './template/stack.ts';

export interface Ready {
  readonly api: string;
  readonly websocket: string;
  readonly tokens: string;
  readonly issuer: string;
  readonly dynamodb: string;
  readonly sqs: string;
  readonly events: string;
  readonly cloudwatch: string;
  readonly admin: string;
  /** The stream of live notices. */
  readonly live: string;
  /** The simulated gateway; people pay at `{midtrans}/pay`. */
  readonly midtrans: string;
  /** Where the gateway posts its notifications. */
  readonly webhook: string;
  /** Where mails arrive: `GET {mailbox}/mails`. */
  readonly mailbox: string;
  /** Where devices connect, as `meter-{car}` or the name of a registered thing. */
  readonly mqtt: string;
  readonly region: string;
  readonly tables: Readonly<Record<string, string>>;
  readonly queues: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
  readonly pid: number;
}

export interface ReadyOptions {
  readonly stack: Stack;
  readonly places: Places;
  readonly queues: Queues;
  readonly tables: readonly Table[];
  readonly dynamoDb: string;
  readonly mailbox: string;
  readonly midtrans: string;
  readonly mqtt: string;
  readonly region: string;
}

/** `tuntas-local-dispatch-dead` of the stack `tuntas-local` is called `dispatchDead`. */
export const shortName = (stackName: string, name: string): string =>
  name.replace(`${stackName}-`, '').replace(/-([a-z])/g, (_dash, letter: string) => letter.toUpperCase());

export const readyOf = ({
  stack,
  places,
  queues,
  tables,
  dynamoDb,
  mailbox,
  midtrans,
  mqtt,
  region,
}: ReadyOptions): Ready => {
  const outputs = Object.fromEntries(
    Object.entries(stack.outputs()).map(([name, value]) => [name, places.rewrite(value)]),
  );
  const control = `http://${LOOPBACK}:${places.control}`;
  return {
    api: outputs.ApiUrl ?? '',
    websocket: outputs.WebSocketUrl ?? '',
    tokens: `${control}/tokens`,
    issuer: `${control}/issuer`,
    dynamodb: dynamoDb,
    sqs: `http://${LOOPBACK}:${places.sqs}`,
    events: control,
    cloudwatch: control,
    admin: `${control}/_tuntas`,
    live: outputs.LiveUrl ?? '',
    mailbox,
    midtrans,
    mqtt,
    webhook: outputs.WebhookUrl ?? '',
    region,
    tables: Object.fromEntries(tables.map(({ name }) => [shortName(stack.name, name), name])),
    queues: Object.fromEntries(queues.all.map(({ name, url }) => [shortName(stack.name, name), url])),
    outputs,
    pid: process.pid,
  };
};
