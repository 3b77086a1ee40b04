/** Sends watched calls again, bare: the same commands with the same inputs, concurrently where they were. */
import type { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
import { PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import {
  BatchWriteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Call } from './calls.ts';

export type Clients = { readonly dynamo: DynamoDBClient; readonly sockets: ApiGatewayManagementApiClient };

type Send = (clients: Clients, input: never) => Promise<unknown>;

const sends: Readonly<Record<string, Send>> = {
  GetItem: ({ dynamo }, input) => dynamo.send(new GetItemCommand(input)),
  PutItem: ({ dynamo }, input) => dynamo.send(new PutItemCommand(input)),
  UpdateItem: ({ dynamo }, input) => dynamo.send(new UpdateItemCommand(input)),
  Query: ({ dynamo }, input) => dynamo.send(new QueryCommand(input)),
  TransactWriteItems: ({ dynamo }, input) => dynamo.send(new TransactWriteItemsCommand(input)),
  BatchWriteItem: ({ dynamo }, input) => dynamo.send(new BatchWriteItemCommand(input)),
  PostToConnection: ({ sockets }, input) => sockets.send(new PostToConnectionCommand(input)),
};

/** Calls as they can be sent again: those that ran concurrently are in one row. */
export type Replay = readonly (readonly Pick<Call, 'name' | 'input'>[])[];

/** Makes the calls with other texts in the place of ids: `{ 'TNT-…1': 'TNT-…2' }`. */
export type Template = (replaced: Readonly<Record<string, string>>) => Replay;

export const replacing = (text: string, replaced: Readonly<Record<string, string>>): string => {
  let now = text;
  for (const [before, after] of Object.entries(replaced)) now = now.replaceAll(before, after);
  return now;
};

export const templateOf = (calls: readonly Call[]): Template => {
  const rows = Map.groupBy(calls, ({ after }) => after)
    .values()
    .toArray();
  const text = JSON.stringify(rows.map((row) => row.map(({ name, input }) => ({ name, input }))));
  return (replaced) => JSON.parse(replacing(text, replaced)) as Replay;
};

/** Sends row after row. */
export const sendBare = async (clients: Clients, replay: Replay): Promise<void> => {
  for (const row of replay)
    await Promise.all(
      row.map(({ name, input }) => {
        const send = sends[name];
        if (!send) throw new Error(`no bare call ${name}`);
        return send(clients, input as never);
      }),
    );
};
