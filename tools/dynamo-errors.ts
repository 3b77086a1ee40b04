/** The errors of DynamoDB, as its client throws them. */
import {
  ConditionalCheckFailedException,
  DynamoDBServiceException,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import type { Item } from './expressions.ts';

const metadata = { $metadata: { httpStatusCode: 400 } };
export const conditionFailed = (item?: Item): ConditionalCheckFailedException =>
  new ConditionalCheckFailedException({
    message: 'The conditional request failed',
    ...metadata,
    ...(item ? { Item: item } : {}),
  });
export const transactionConflict = (): TransactionConflictException =>
  new TransactionConflictException({ message: 'Transaction is ongoing for the item', ...metadata });
export const cancelled = (
  reasons: readonly { readonly Code: string; readonly Item?: Item }[],
): TransactionCanceledException =>
  new TransactionCanceledException({
    message: 'Transaction cancelled',
    ...metadata,
    CancellationReasons: [...reasons],
  });
export const invalid = (message: string): DynamoDBServiceException =>
  new DynamoDBServiceException({ name: 'ValidationException', message, $fault: 'client', ...metadata });
