/** Reads the story of one order: one query, put in order of time. */
import { type DynamoDBClient, paginateQuery } from '@aws-sdk/client-dynamodb';
import { fromItem, toItem } from '../platform/dynamo.ts';
import type { OrderId } from '../platform/types.ts';

export type StoryLine = { readonly kind: string; readonly at: string; readonly version?: number } & Readonly<Record<string, unknown>>;

const kept = ({ pk: _, sk: __, claimedAt: ___, expiresAt: ____, ...line }: Record<string, unknown>): StoryLine => line as StoryLine;

/** An order follows its ride, its scan and its payments, and what it does carries the time of what it follows. */
const follows = ({ type }: StoryLine): number => (String(type).startsWith('order.') ? 1 : 0);

export const byTime = (a: StoryLine, b: StoryLine): number =>
  a.at.localeCompare(b.at) || follows(a) - follows(b) || (a.version ?? 0) - (b.version ?? 0);

export const readStory =
  (client: DynamoDBClient, table: string) =>
  async (orderId: OrderId): Promise<readonly StoryLine[]> => {
    const lines: StoryLine[] = [];
    const pages = paginateQuery(
      { client },
      { TableName: table, KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: toItem({ ':pk': `ORDER#${orderId}` }) },
    );
    for await (const { Items = [] } of pages) lines.push(...Items.map((item) => kept(fromItem(item))));
    return lines.sort(byTime);
  };
