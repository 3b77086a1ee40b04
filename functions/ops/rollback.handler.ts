/** The flag rollback, wired for Lambda. */

import { instant } from '../kernel/types.ts';
import { dynamo } from '../platform/dynamo.ts';
import { env } from '../platform/env.ts';
import { holds } from '../platform/flags.ts';
import { rollback } from './rollback.ts';

export const handler = rollback(holds(dynamo(), env('STATE_TABLE'), Date.now), () => instant(Date.now()));
