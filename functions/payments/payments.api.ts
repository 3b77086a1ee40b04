/** The HTTP routes of payments on Lambda. */
import { dynamo } from '../platform/dynamo.ts';
import { lambda } from '../platform/lambda.ts';
import { compose } from './payments.compose.ts';

export const handler = lambda(compose, { dynamo: dynamo() });
