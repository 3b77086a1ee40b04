/** Reads the story of one order: one query, put in order of time. */
import { orderPartition } from '../kernel/keys.ts';
import type { OrderId } from '../kernel/types.ts';
import { queryAll, toItem } from '../platform/dynamo.ts';
import type { Dynamo } from '../platform/ports.ts';

export type StoryLine = {
  readonly kind: 'event' | 'dispatch' | 'notice' | 'receipt' | 'webhook';
  readonly at: string;
  readonly version?: number;
} & Readonly<Record<string, unknown>>;

const kept = ({ pk: _, sk: __, claimedAt: ___, expiresAt: ____, ...line }: Record<string, unknown>): StoryLine =>
  line as StoryLine;

/** An order follows its ride, its scan and its payments, and what it does carries the time of what it follows. */
const follows = ({ type }: StoryLine): number => (String(type).startsWith('order.') ? 1 : 0);

/** The item an event is of: its id without the version. */
const itemOf = ({ kind, id }: StoryLine): string | undefined =>
  kind === 'event' && typeof id === 'string' ? id.slice(0, id.lastIndexOf('/')) : undefined;

/** In order of time. Of one item the versions are the order, also where two functions' clocks say otherwise. */
export const inOrder = (lines: readonly StoryLine[]): readonly StoryLine[] => {
  const latest = new Map<string, string>();
  const timed = lines
    .toSorted((a, b) => (a.version ?? 0) - (b.version ?? 0))
    .map((line) => {
      const item = itemOf(line);
      const before = (item && latest.get(item)) ?? '';
      const at = before > line.at ? before : line.at;
      if (item) latest.set(item, at);
      return { line, at };
    });
  const ordered = timed.toSorted(
    (a, b) =>
      a.at.localeCompare(b.at) || follows(a.line) - follows(b.line) || (a.line.version ?? 0) - (b.line.version ?? 0),
  );
  return ordered.map(({ line }) => line);
};

export const readStory =
  (dynamo: Dynamo, table: string) =>
  async (orderId: OrderId): Promise<readonly StoryLine[]> => {
    const lines = await queryAll<Record<string, unknown>>(dynamo, {
      TableName: table,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: toItem({ ':pk': orderPartition(orderId) }),
    });
    return inOrder(lines.map(kept));
  };
