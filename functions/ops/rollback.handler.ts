/** The flag rollback on Lambda. */
import { dynamo } from '../platform/dynamo.ts';
import { lambda } from '../platform/lambda.ts';
import { compose } from './rollback.compose.ts';

export const handler = lambda(compose, { dynamo: dynamo() });
