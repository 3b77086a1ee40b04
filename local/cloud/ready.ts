/** What a tool or a test needs to find the running stack. */
import { region } from './addresses.ts';
import type { Table } from './dynamodb/tables.ts';
import type { Needs } from './parts.ts';

export type Ready = ReturnType<typeof readyOf>;

type Started = Needs<'stack' | 'addresses' | 'queues'> & {
  readonly tables: readonly Table[];
  /** URLs */
  readonly dynamodb: string;
  readonly mailbox: string;
  readonly midtrans: string;
  readonly mqtt: string;
};

/** `tuntas-local-dispatch-dead` of the stack `tuntas-local` is called `dispatchDead`. */
const shortName = (stackName: string, name: string): string =>
  name.replace(`${stackName}-`, '').replace(/-([a-z])/g, (_dash, letter: string) => letter.toUpperCase());

export const readyOf = ({ stack, addresses, queues, tables, dynamodb, mailbox, midtrans, mqtt }: Started) => {
  const outputs: Readonly<Record<string, string>> = Object.fromEntries(
    Object.entries(stack.outputs()).map(([name, value]) => [name, addresses.rewrite(value)]),
  );
  const byShortName = (all: readonly (readonly [string, string])[]): Readonly<Record<string, string>> =>
    Object.fromEntries(all.map(([name, value]) => [shortName(stack.name, name), value]));
  return {
    api: outputs.ApiUrl ?? '',
    websocket: outputs.WebSocketUrl ?? '',
    tokens: `${addresses.control}/tokens`,
    issuer: `${addresses.control}/issuer`,
    dynamodb,
    sqs: addresses.sqs,
    events: addresses.control,
    cloudwatch: addresses.control,
    admin: `${addresses.control}/_tuntas`,
    /** The stream of live notices. */
    live: outputs.LiveUrl ?? '',
    /** Where mails arrive: `GET {mailbox}/mails`. */
    mailbox,
    /** The simulated gateway; people pay at `{midtrans}/pay`. */
    midtrans,
    /** Where devices connect, as `meter-{car}` or the name of a registered thing. */
    mqtt,
    /** Where the gateway posts its notifications. */
    webhook: outputs.WebhookUrl ?? '',
    region,
    tables: byShortName(tables.map(({ name }) => [name, name])),
    queues: byShortName(queues.all.map(({ name, url }) => [name, url])),
    outputs,
    pid: process.pid,
  };
};
