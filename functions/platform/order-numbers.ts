/** Order numbers: a durable counter leases blocks, each running function issues from its block in memory. */
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { log } from '../kernel/log.ts';
import { orderId } from '../kernel/order-number.ts';
import type { Instant, OrderId } from '../kernel/types.ts';
import { fromItem, toItem } from './dynamo.ts';
import type { Dynamo } from './ports.ts';

/** Leases the next `size` sequence numbers. @returns the first of them */
export type LeaseBlock = (size: number) => Promise<number>;

/** The durable counter: item SEQUENCE/ORDER of the State table, one atomic addition per block. */
export const leaseFrom =
  (dynamo: Dynamo, table: string): LeaseBlock =>
  async (size) => {
    const { Attributes } = await dynamo.send(
      new UpdateItemCommand({
        TableName: table,
        Key: toItem({ pk: 'SEQUENCE', sk: 'ORDER' }),
        UpdateExpression: 'ADD leased :size',
        ExpressionAttributeValues: toItem({ ':size': size }),
        ReturnValues: 'UPDATED_NEW',
      }),
    );
    const first = fromItem<{ leased: number }>(Attributes ?? {}).leased - size;
    log.info('Block leased', { first, size }, { IdsLeased: size });
    return first;
  };

/** Enough for a minute of a busy function, and few enough to waste. */
const blockSize = 200;

/** The numbers of one running function. */
export const nextOrderNumber = (dynamo: Dynamo, table: string): ((at: Instant) => Promise<OrderId>) =>
  orderNumbers(leaseFrom(dynamo, table), blockSize).next;

type Block = { next: number; readonly end: number };

/**
 * Unique under any concurrency and crash. The next block is leased when a fifth of the present one is left, so that
 * a failing counter does no harm while a number is left. A function that ends wastes two blocks at most.
 * @param lease source of blocks
 * @param size numbers in a block
 */
export const orderNumbers = (lease: LeaseBlock, size: number) => {
  let block: Block = { next: 0, end: 0 };
  let spare: Block | undefined;
  let leasing: Promise<void> | undefined;
  const issued = { leased: 0, handedOut: 0 };

  const leaseNext = (): Promise<void> => {
    leasing ??= lease(size)
      .then((first) => {
        spare = { next: first, end: first + size };
        issued.leased += size;
      })
      .finally(() => {
        leasing = undefined;
      });
    return leasing;
  };

  const next = async (at: Instant): Promise<OrderId> => {
    while (block.next === block.end) {
      if (!spare) await leaseNext();
      if (block.next === block.end && spare) {
        block = spare;
        spare = undefined;
      }
    }
    const sequence = block.next;
    block.next += 1;
    issued.handedOut += 1;
    if (!spare && block.end - block.next <= size / 5) leaseNext().catch(() => undefined);
    return orderId(sequence, at);
  };

  return { next, issued: (): Readonly<typeof issued> => ({ ...issued }) };
};
