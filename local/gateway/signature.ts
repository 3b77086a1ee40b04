// The signature of notifications and status answers (midtrans.md §4).
import { createHash } from 'node:crypto';

export type Signed = { readonly orderId: string; readonly statusCode: string; readonly grossAmount: string };

/** SHA-512 over order id, status code, gross amount and server key as plain text, in lower-case hex. */
export const signatureOf = ({ orderId, statusCode, grossAmount }: Signed, serverKey: string): string =>
  createHash('sha512').update(`${orderId}${statusCode}${grossAmount}${serverKey}`).digest('hex');
