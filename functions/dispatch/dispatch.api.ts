/** The HTTP routes of dispatch on Lambda. */
import { dynamo } from '../platform/dynamo.ts';
import { lambda } from '../platform/lambda.ts';
import { compose } from './dispatch.compose.ts';

export const handler = lambda(compose, { dynamo: dynamo() });
