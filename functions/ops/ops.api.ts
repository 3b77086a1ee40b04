/** The reading routes on Lambda. */
import { dynamo } from '../platform/dynamo.ts';
import { lambda } from '../platform/lambda.ts';
import { compose } from './ops.compose.ts';

export const handler = lambda(compose, { dynamo: dynamo() });
