/** The stream of live notices on Lambda. */
import { dynamo } from '../platform/dynamo.ts';
import { streamingLambda } from '../platform/lambda-stream.ts';
import { compose } from './stream.compose.ts';

export const handler = streamingLambda(compose, { dynamo: dynamo() });
