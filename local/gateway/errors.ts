/** The gateway's refusals: a code in the body, and an HTTP status that often is another one (midtrans.md §2.3). */
import type { Json } from '../json.ts';

export const messages = {
  '400': 'One or more parameters in the payload is invalid.',
  '401': 'Transaction cannot be authorized with the current client/server key.',
  '402': 'Payment channel is not activated.',
  '403': 'The requested resource is not capable of generating content in the format specified in the Accept header.',
  '404': "Transaction doesn't exist.",
  '405': 'HTTP method is not allowed.',
  '406':
    'The request could not be completed due to a conflict with the current state of the target resource, ' +
    'please try again',
  '408': 'Merchant sends the wrong data type.',
  '409': 'Too many transactions for the same card number.',
  '410': 'Merchant account is deactivated.',
  '411': 'Token id is missing, invalid, or timed out.',
  '412': 'Merchant cannot modify the status of the transaction',
  '413': 'The request cannot be processed due to malformed syntax in the request body',
  '414': 'Refund rejected due to invalid amount.',
  '429': 'Too many requests.',
  '500': 'Sorry. Our system is recovering from unexpected issues. Please retry.',
  '501': 'The requested feature is not implemented.',
  '502': 'Sorry. Our system cannot process your request at the moment because of a bank connection problem.',
  '503': 'Sorry. The bank is experiencing connection problems or is under maintenance.',
  '504': 'Fraud detection system is unavailable.',
  '505': 'Unable to create va_number for this transaction.',
  '900': 'Provider generic error.',
} as const;

export type ErrorCode = keyof typeof messages;

/** The gateway refuses a call. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly code: ErrorCode;
  readonly details: readonly string[] | undefined;
  constructor(code: ErrorCode, message: string = messages[code], details?: readonly string[]) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

export const invalid = (...details: string[]): Refused => new Refused('400', undefined, details);
export const wrongType = (): Refused => new Refused('408');

/** `id` is for the gateway's support. */
export const errorBody = ({ code, message, details }: Refused, id: string): Json => ({
  status_code: code,
  status_message: message,
  id,
  ...(details && { validation_messages: details }),
});

/** Only these are HTTP statuses as well; the rest is documented with 200. */
const ownStatus: readonly string[] = ['400', '401', '403', '405', '429'];

/**
 * The documentation leaves open which HTTP status accompanies a code: `documented` follows it (nearly always 200),
 * `mirrored` repeats the code, 407 included (which `fetch` reports as a network error).
 */
export type HttpStatuses = 'documented' | 'mirrored';

export const httpStatus = (code: string, statuses: HttpStatuses): number => {
  if (statuses === 'mirrored') return Number(code) >= 600 ? 200 : Number(code);
  return ownStatus.includes(code) ? Number(code) : 200;
};
