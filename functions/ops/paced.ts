/** Reads whole tables at a bounded rate, so that an operator's question takes nothing from the live traffic. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ConsumedCapacity,
  type DynamoDBClient,
  paginateScan,
  type ScanCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { Item } from '../platform/dynamo.ts';

/** What reading has cost so far. */
export type Cost = { readonly readUnits: number; readonly items: number };

/** @param rate read units per second that all the reading together may take */
export const paced = (client: DynamoDBClient, rate: number) => {
  const cost = { readUnits: 0, items: 0 };
  const started = performance.now();

  /** Notes what a page cost, and waits until the rate allows the next one. */
  const paid = async (items: number, { CapacityUnits = 0 }: ConsumedCapacity = {}): Promise<void> => {
    cost.items += items;
    cost.readUnits += CapacityUnits;
    const ahead = (cost.readUnits / rate) * 1000 - (performance.now() - started);
    if (ahead > 0) await sleep(ahead);
  };

  const scan = async (input: ScanCommandInput, take: (item: Item) => void, segments = 4): Promise<void> => {
    const segment = async (Segment: number): Promise<void> => {
      const pages = paginateScan(
        { client },
        { ...input, Segment, TotalSegments: segments, ReturnConsumedCapacity: 'TOTAL' },
      );
      for await (const { Items = [], ScannedCount = 0, ConsumedCapacity } of pages) {
        Items.forEach(take);
        await paid(ScannedCount, ConsumedCapacity);
      }
    };
    await Promise.all(Array.from({ length: segments }, (_, i) => segment(i)));
  };

  return { scan, paid, cost: (): Cost => ({ ...cost }) };
};
