/** The HTTP routes of orders on Lambda. */
import { dynamo } from '../platform/dynamo.ts';
import { lambda } from '../platform/lambda.ts';
import { compose } from './orders.compose.ts';

export const handler = lambda(compose, { dynamo: dynamo() });
