// What the gateway answers: a JSON body whose status_code is the result, and an HTTP status that often is not (midtrans.md §2.3).
import { isRecord } from './json.ts';
import type { Fields } from './reading.ts';

export type Answer = { readonly http: number; readonly body: Fields };

/** The error codes and what the gateway says with them. */
export const MESSAGES = {
  '400': 'One or more parameters in the payload is invalid.',
  '401': 'Transaction cannot be authorized with the current client/server key.',
  '402': 'Payment channel is not activated.',
  '403': 'The requested resource is not capable of generating content in the format specified in the Accept header.',
  '404': "Transaction doesn't exist.",
  '405': 'HTTP method is not allowed.',
  '406':
    'The request could not be completed due to a conflict with the current state of the target resource, please try again',
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

export type ErrorCode = keyof typeof MESSAGES;

/** Only these come with an HTTP status of their own; the rest is documented with 200. */
const OWN_STATUS: readonly string[] = ['400', '401', '403', '405', '429'];

/**
 * Which HTTP status accompanies a code is an open point of the documentation: `documented` follows it (nearly always 200),
 * `mirrored` repeats the code, 407 included (which `fetch` reports as a network error).
 */
export type HttpStatuses = 'documented' | 'mirrored';

export const httpStatus = (code: string, statuses: HttpStatuses): number => {
  if (statuses === 'mirrored') return Number(code) >= 600 ? 200 : Number(code);
  return OWN_STATUS.includes(code) ? Number(code) : 200;
};

export type Trouble = { readonly code: ErrorCode; readonly message?: string; readonly details?: readonly string[] };

export const invalid = (...details: string[]): Trouble => ({ code: '400', details });

export const isTrouble = (value: unknown): value is Trouble => isRecord(value) && typeof value.code === 'string';

/** The body of an error answer; `id` is what support asks for. */
export const troubleBody = ({ code, message, details }: Trouble, id: string): Fields => ({
  status_code: code,
  status_message: message ?? MESSAGES[code],
  id,
  ...(details && { validation_messages: details }),
});
