/** RFC 9457 problem details. `code` is stable, for programs; `detail` names the remedy, for people. */
import type { Refusal } from './decision.ts';

export type Field = { readonly field: string; readonly message: string };
type Headers = Readonly<Record<string, string>>;

/** Thrown by an endpoint, it ends the request. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly fields: readonly Field[];
  headers: Headers = {};
  /** Members in addition to those of the RFC. */
  extra: Readonly<Record<string, unknown>> = {};
  /** The code for the log, where the answer must not show it. */
  reason: string;
  constructor(status: number, code: string, detail: string, fields: readonly Field[] = []) {
    super(detail);
    this.status = status;
    this.code = code;
    this.reason = code;
    this.fields = fields;
  }
}

/** An item of another user gets the same answer as a missing one (`shownAs`). */
export const refusal = (reason: Refusal): Problem => {
  const { status = 409, code, message, extra = {} } = reason.shownAs ?? reason;
  return Object.assign(new Problem(status, code, message), { extra, reason: reason.code });
};

export const keyReused = new Problem(
  422,
  'IDEMPOTENCY_KEY_REUSED',
  'This Idempotency-Key belongs to another request. Use a new key for a new request.',
  [{ field: 'Idempotency-Key', message: 'was used with another body' }],
);
