/** What the webhook keeps of a notification, until its worker takes it up. */
import * as z from 'zod/mini';
import { message } from '../../platform/message.ts';

/** `body`: as received; `receivedAt`: epoch milliseconds; `sender`: the IP address it came from. */
export const keptMessage = message(
  z.object({ body: z.string(), receivedAt: z.int().check(z.minimum(0)), sender: z.optional(z.string()) }),
);
