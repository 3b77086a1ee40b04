/** The three technical errors, one class each, so that each edge knows what to answer. */

/** The sender is wrong: 400, or parked with the reason. `fields` name what is wrong and the remedy. */
export class Invalid extends Error {
  readonly fields: readonly { readonly field: string; readonly message: string }[];
  constructor(message: string, fields: Invalid['fields'] = []) {
    super(message);
    this.name = 'Invalid';
    this.fields = fields;
  }
}

/** A race was lost: read again, decide again. */
export class Conflict extends Error {
  override readonly name = 'Conflict';
}

/** The other side is down or slow: retry later. */
export class Unavailable extends Error {
  override readonly name: string = 'Unavailable';
}

const temporary: readonly (readonly string[])[] = [
  ['ThrottlingException', 'ThrottlingError', 'RequestLimitExceeded', 'RequestThrottled'],
  ['ProvisionedThroughputExceededException', 'ProvisionedThroughputExceeded', 'TransactionInProgressException'],
  ['InternalServerError', 'ServiceUnavailable', 'TimeoutError', 'NetworkingError', 'AbortError'],
  ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT'],
];
const isTemporary = (name: unknown): boolean => temporary.some((names) => names.includes(String(name)));

type SdkError = Error & {
  readonly code?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly CancellationReasons?: readonly { readonly Code?: string }[];
};

/** Whether an error of the SDK or the network is temporary: throttled, timed out, unreachable, or a 5xx. */
export const isUnavailable = (error: unknown): boolean => {
  if (error instanceof Unavailable) return true;
  if (!(error instanceof Error)) return false;
  const { name, code, $metadata, CancellationReasons = [] } = error as SdkError;
  return (
    isTemporary(name) ||
    isTemporary(code) ||
    ($metadata?.httpStatusCode ?? 0) >= 500 ||
    CancellationReasons.some(({ Code = '' }) => isTemporary(Code))
  );
};
