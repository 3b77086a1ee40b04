/** The WebSocket authorizer on Lambda. */
import { lambda } from '../platform/lambda.ts';
import { compose } from './authorizer.compose.ts';

export const handler = lambda(compose, {});
