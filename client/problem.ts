/** What a call that did not succeed rejects with. */
import type { Text } from './types.ts';

/** The codes of the API an app may act on; there can be others. */
export type ProblemCode =
  | 'RIDE_NOT_FOUND'
  | 'RIDE_CLOSED'
  | 'RIDE_TAKEN'
  | 'OFFER_DECLINED'
  | 'OFFER_TIMED_OUT'
  | 'OFFER_GIVEN_BACK'
  | 'RIDE_NOT_ACCEPTED'
  | 'RIDE_UNDER_WAY'
  | 'NOT_PICKED_UP'
  | 'DRIVER_BUSY'
  | 'NOT_ASSIGNED_TO_DRIVER'
  | 'ORDER_NOT_FOUND'
  | 'NOT_FINISHED'
  | 'ALREADY_FINISHED'
  | 'ORDER_CANCELLED'
  | 'FARE_TOO_HIGH'
  | 'PAID_BEFORE'
  | 'PAYMENT_NOT_FOUND'
  | 'PAYMENT_IN_PROGRESS'
  | 'PAYMENT_NOT_CANCELLED'
  | 'PAYMENT_HELD'
  | 'ALREADY_PAID'
  | 'NOT_PAID'
  | 'NOT_SETTLED_YET'
  | 'REFUND_TOO_LARGE'
  | 'NOTHING_LEFT_TO_REFUND'
  | 'AMOUNT_NOT_TAKEN'
  | 'ARGO_NOT_STARTED'
  | 'CAR_UNKNOWN'
  | 'CODE_REQUIRED'
  | 'CODE_FORGED'
  | 'CODE_EXPIRED'
  | 'CODE_WRONG_CAR'
  | 'CODES_NOT_USED'
  | 'EZPAY_NOT_FOUND'
  | 'EZPAY_CONFIRMED'
  | 'EZPAY_CLOSED'
  | 'NOT_YOUR_CAR'
  | 'WRONG_ROLE'
  | 'INVALID_REQUEST'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'TRY_AGAIN'
  | 'UNAUTHORIZED'
  | 'TOO_MANY_REQUESTS'
  | 'UNREACHABLE'
  | (string & {});

export type FieldError = { readonly field: string; readonly message: string };

/** A message for the customer or driver and what they can do, in Indonesian and English. */
export type Advice = { readonly message: Text; readonly actions: readonly Text[] };

export type ProblemParts = {
  readonly status: number;
  readonly code: ProblemCode;
  readonly detail: string;
  readonly errors?: readonly FieldError[];
  readonly requestId?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly advice?: Advice | undefined;
};

/** The problem details (RFC 9457) of an answer, or the reason why there was none. */
export class TuntasProblem extends Error {
  override readonly name = 'TuntasProblem';
  /** HTTP status; 0 when no answer came. */
  declare readonly status: number;
  /** For programs; stable. `UNREACHABLE`: no answer came, and the request may have been carried out. */
  declare readonly code: ProblemCode;
  /** For people: what is wrong and the remedy. */
  declare readonly detail: string;
  /** What is wrong, field by field. */
  declare readonly errors: readonly FieldError[];
  /** For the customer or driver, where the server has a message for them. */
  declare readonly advice: Advice | undefined;
  /** For support. */
  declare readonly requestId: string | undefined;
  /** The pause the server requires, in milliseconds. */
  declare readonly retryAfterMs: number | undefined;

  constructor(parts: ProblemParts, options?: ErrorOptions) {
    super(`${parts.code}: ${parts.detail}`, options);
    Object.assign(this, { errors: [], ...parts });
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
    ? value.map((error: { field?: unknown; message?: unknown }) => ({
        field: String(error?.field),
        message: String(error?.message),
      }))
    : [];

const isText = (value: unknown): value is Text =>
  typeof (value as Partial<Text> | null)?.id === 'string' && typeof (value as Partial<Text>).en === 'string';

const adviceFrom = (message: unknown, actions: unknown): Advice | undefined =>
  isText(message) ? { message, actions: Array.isArray(actions) ? actions.filter(isText) : [] } : undefined;

/** API Gateway has a different form: `{"message": "Too Many Requests"}`. */
const gatewayCode = (status: number, message: string | undefined): ProblemCode =>
  message?.toUpperCase().replace(/[^A-Z]+/g, '_') ?? `HTTP_${status}`;

/** The problem in a response that is not a success, from the API or a proxy. */
export const problemFrom = (
  status: number,
  body: string,
  header: (name: string) => string | null,
  retryAfterMs?: number,
): TuntasProblem => {
  const { code, detail, errors, requestId, message, actions } = object(body);
  return new TuntasProblem({
    status,
    code: textOf(code) ?? gatewayCode(status, textOf(message)),
    detail: textOf(detail) ?? textOf(message) ?? `The server answered with status ${status}.`,
    errors: fieldErrors(errors),
    requestId: textOf(requestId) ?? header('x-request-id') ?? header('apigw-requestid') ?? undefined,
    retryAfterMs,
    advice: adviceFrom(message, actions),
  });
};
