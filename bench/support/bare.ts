/** Sends calls that were watched again, bare: the same commands with the same inputs, side by side where they were, and nothing around them. */
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

/** Calls as they can be sent again: those that ran side by side stand in one row. */
export type Replay = readonly (readonly Pick<Call, 'name' | 'input'>[])[];

/** The calls with other texts in the place of ids: `{ 'TNT-…1': 'TNT-…2' }`. */
export const replayOf = (calls: readonly Call[], replaced: Readonly<Record<string, string>>): Replay => {
  let text = JSON.stringify(calls);
  for (const [before, after] of Object.entries(replaced)) text = text.replaceAll(before, after);
  return Map.groupBy(JSON.parse(text) as Call[], ({ after }) => after)
    .values()
    .toArray();
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
