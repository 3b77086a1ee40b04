/** The flag rollback, wired for Lambda. */
import { dynamo } from '../platform/dynamo.ts';
import { env } from '../platform/env.ts';
import { holds } from '../platform/flags.ts';
import { instant } from '../platform/types.ts';
import { rollback } from './rollback.ts';

export const handler = rollback(holds(dynamo(), env('STATE_TABLE'), Date.now), () => instant(Date.now()));
