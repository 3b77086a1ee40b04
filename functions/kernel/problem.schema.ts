/** RFC 9457 problem details, the body of every answer that is not a success. */
import * as z from 'zod/mini';

export const problemDetails = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string().register(z.globalRegistry, { description: 'Stable, for programs.' }),
  detail: z.string().register(z.globalRegistry, { description: 'For people: what is wrong and the remedy.' }),
  instance: z.string(),
  requestId: z.string(),
  errors: z.optional(z.array(z.object({ field: z.string(), message: z.string() }))),
});
