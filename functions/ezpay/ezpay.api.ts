/** The HTTP routes of EzPay on Lambda. */
import { dynamo } from '../platform/dynamo.ts';
import { lambda } from '../platform/lambda.ts';
import { compose } from './ezpay.compose.ts';

export const handler = lambda(compose, { dynamo: dynamo() });
