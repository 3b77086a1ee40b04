/** Outside data is parsed once, with a schema; what is wrong is named field by field. */

import * as z from 'zod/mini';
import en from 'zod/v4/locales/en.js';
import { Invalid } from './errors.ts';

z.config(en());

export type Schema<T> = z.ZodMiniType<T>;

const field = (path: readonly PropertyKey[]): string => path.map(String).join('.') || 'body';

/** @throws {Invalid} naming each field that is wrong */
export const check = <T>(schema: Schema<T>, value: unknown): T => {
  const result = z.safeParse(schema, value);
  if (result.success) return result.data;
  throw new Invalid(
    'some fields are not as they must be',
    result.error.issues.map(({ path, message }) => ({ field: field(path), message })),
  );
};

/** The engine quotes the text it could not read; what people send does not belong into logs. */
const withoutQuote = (message: string): string => message.replace(/, (\.\.\.)?".*"(\.\.\.)? is not valid JSON$/s, '');

/** @throws {Invalid} when the text is not JSON or not as the schema wants it */
export const parseWith = <T>(schema: Schema<T>, text: string): T => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Invalid(`not JSON: ${withoutQuote((error as Error).message)}`, [{ field: 'body', message: 'must be JSON (RFC 8259)' }]);
  }
  return check(schema, value);
};
