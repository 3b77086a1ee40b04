/** What a call that did not succeed rejects with. */

/** The codes of the API an app may want to act on; others can come. */
export type ProblemCode =
  | 'RIDE_NOT_FOUND'
  | 'RIDE_CLOSED'
  | 'RIDE_TAKEN'
  | 'OFFER_DECLINED'
  | 'OFFER_TIMED_OUT'
  | 'DRIVER_BUSY'
  | 'NOT_OFFERED_TO_DRIVER'
  | 'NOT_ASSIGNED_TO_DRIVER'
  | 'NOT_YOUR_RIDE'
  | 'NOT_YOUR_ORDER'
  | 'ORDER_NOT_FOUND'
  | 'WRONG_ROLE'
  | 'INVALID_REQUEST'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'TRY_AGAIN'
  | 'UNAUTHORIZED'
  | 'TOO_MANY_REQUESTS'
  | 'UNREACHABLE'
  | (string & {});

export type FieldError = { readonly field: string; readonly message: string };

export type ProblemParts = {
  readonly status: number;
  readonly code: ProblemCode;
  readonly detail: string;
  readonly errors?: readonly FieldError[];
  readonly requestId?: string | undefined;
  readonly retryAfterMs?: number | undefined;
};

/** The problem details (RFC 9457) of an answer, or the reason why there was none. */
export class TuntasProblem extends Error {
  override readonly name = 'TuntasProblem';
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  /** For programs; stable. `UNREACHABLE` when no answer came: whether the request was carried out is then unknown. */
  readonly code: ProblemCode;
  /** For people: what is wrong and the remedy. */
  readonly detail: string;
  /** What is wrong, field by field. */
  readonly errors: readonly FieldError[];
  /** Tell it to support. */
  readonly requestId: string | undefined;
  /** How long the server asked to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor({ status, code, detail, errors = [], requestId, retryAfterMs }: ProblemParts, options?: ErrorOptions) {
    super(`${code}: ${detail}`, options);
    this.status = status;
    this.code = code;
    this.detail = detail;
    this.errors = errors;
    this.requestId = requestId;
    this.retryAfterMs = retryAfterMs;
  }
}

const object = (text: string): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
};

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const fieldErrors = (value: unknown): readonly FieldError[] =>
  Array.isArray(value)
    ? value.map((error: { field?: unknown; message?: unknown }) => ({ field: String(error?.field), message: String(error?.message) }))
    : [];

/** What stands in front of the API answers by its own: `{"message": "Too Many Requests"}`. */
const gatewayCode = (status: number, message: string | undefined): ProblemCode =>
  message?.toUpperCase().replace(/[^A-Z]+/g, '_') ?? `HTTP_${status}`;

/** Reads the problem out of an answer that is not a success, whoever gave it. */
export const problemFrom = (
  status: number,
  body: string,
  header: (name: string) => string | null,
  retryAfterMs?: number,
): TuntasProblem => {
  const { code, detail, errors, requestId, message } = object(body);
  return new TuntasProblem({
    status,
    code: textOf(code) ?? gatewayCode(status, textOf(message)),
    detail: textOf(detail) ?? textOf(message) ?? `The server answered with status ${status}.`,
    errors: fieldErrors(errors),
    requestId: textOf(requestId) ?? header('x-request-id') ?? header('apigw-requestid') ?? undefined,
    retryAfterMs,
  });
};
