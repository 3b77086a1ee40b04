/** Requests to a function and what a program reads of its answers. */
import type { Answered } from '../../tools/http-event.ts';

export * from '../../tools/http-event.ts';

/** What a program looks at in a problem: the status, the stable code and the names of the fields that are wrong. */
export const problemOf = ({
  status,
  body,
}: Answered): { status: number | undefined; code: unknown; fields: readonly string[] } => ({
  status,
  code: body.code,
  fields: ((body.errors ?? []) as { field: string }[]).map(({ field }) => field),
});
