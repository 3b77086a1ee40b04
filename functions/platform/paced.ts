/** Reads whole tables at a bounded rate, so that an operator's question takes nothing from the live traffic. */
import { type ConsumedCapacity, ScanCommand, type ScanCommandInput } from '@aws-sdk/client-dynamodb';
import type { Item } from './dynamo.ts';
import type { Clock, Dynamo } from './ports.ts';

/** What reading has cost so far. */
export type Cost = { readonly readUnits: number; readonly items: number };
export type ReadPorts = { readonly dynamo: Dynamo } & Pick<Clock, 'now' | 'pause'>;

const segments = 4;

/** @param rate read units per second that all the reading together may take */
export const paced = ({ dynamo, now, pause }: ReadPorts, rate: number) => {
  const cost = { readUnits: 0, items: 0 };
  const startedAt = now();

  /** Adds what a page cost, and waits until the rate allows the next one. */
  const paid = async (items: number, { CapacityUnits = 0 }: ConsumedCapacity = {}): Promise<void> => {
    cost.items += items;
    cost.readUnits += CapacityUnits;
    const aheadMs = (cost.readUnits / rate) * 1_000 - (now() - startedAt);
    if (aheadMs > 0) await pause(aheadMs);
  };

  const scan = async (input: ScanCommandInput, take: (item: Item) => void): Promise<void> => {
    const segment = async (Segment: number): Promise<void> => {
      let ExclusiveStartKey: Item | undefined;
      do {
        const page = { ...input, Segment, TotalSegments: segments, ReturnConsumedCapacity: 'TOTAL' as const };
        const answer = await dynamo.send(new ScanCommand(ExclusiveStartKey ? { ...page, ExclusiveStartKey } : page));
        (answer.Items ?? []).forEach(take);
        await paid(answer.ScannedCount ?? 0, answer.ConsumedCapacity);
        ExclusiveStartKey = answer.LastEvaluatedKey;
      } while (ExclusiveStartKey);
    };
    await Promise.all(Array.from({ length: segments }, (_, i) => segment(i)));
  };

  return { scan, paid, cost: (): Cost => ({ ...cost }) };
};
