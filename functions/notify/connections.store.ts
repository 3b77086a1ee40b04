/** The open WebSocket connections of a person, and their devices with a push token. One partition per person. */
import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { type Instant, iso } from '../kernel/types.ts';
import { queryAll, toItem } from '../platform/dynamo.ts';
import type { Dynamo } from '../platform/ports.ts';

export type Reach = { readonly connections: readonly string[]; readonly devices: readonly string[] };
export type Connections = ReturnType<typeof connections>;

/** API Gateway ends a connection after 2 hours; the item expires a little later, in case the disconnect was lost. */
const lifetimeSeconds = 2 * 3_600 + 600;
const deviceLifetimeSeconds = 60 * 24 * 3_600;
const connection = 'CONNECTION#';
const device = 'DEVICE#';

/** @param table name of the State table */
export const connections = (dynamo: Dynamo, table: string) => {
  const key = (sub: string, sk: string) => toItem({ pk: `USER#${sub}`, sk });
  const put = async (sub: string, sk: string, at: Instant, seconds: number): Promise<void> => {
    const Item = { ...key(sub, sk), ...toItem({ at: iso(at), expiresAt: Math.ceil(at / 1000) + seconds }) };
    await dynamo.send(new PutItemCommand({ TableName: table, Item }));
  };
  const remove = async (sub: string, sk: string): Promise<void> => {
    await dynamo.send(new DeleteItemCommand({ TableName: table, Key: key(sub, sk) }));
  };
  return {
    opened: (sub: string, connectionId: string, at: Instant) =>
      put(sub, connection + connectionId, at, lifetimeSeconds),
    closed: (sub: string, connectionId: string) => remove(sub, connection + connectionId),
    deviceRegistered: (sub: string, pushToken: string, at: Instant) =>
      put(sub, device + pushToken, at, deviceLifetimeSeconds),
    deviceGone: (sub: string, pushToken: string) => remove(sub, device + pushToken),
    reach: async (sub: string): Promise<Reach> => {
      const items = await queryAll<{ readonly sk: string }>(dynamo, {
        TableName: table,
        KeyConditionExpression: 'pk = :pk',
        ProjectionExpression: 'sk',
        ExpressionAttributeValues: toItem({ ':pk': `USER#${sub}` }),
        ConsistentRead: true,
      });
      const keys = items.map(({ sk }) => sk);
      const under = (prefix: string) => keys.filter((sk) => sk.startsWith(prefix)).map((sk) => sk.slice(prefix.length));
      return { connections: under(connection), devices: under(device) };
    },
  };
};
