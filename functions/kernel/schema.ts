/** Outside data is parsed once, with a schema; errors name each field. */
import * as z from 'zod/mini';
import en from 'zod/v4/locales/en.js';
import { Invalid } from './errors.ts';

z.config(en());

export type Schema<T> = z.ZodMiniType<T>;

const field = (path: readonly PropertyKey[]): string => path.map(String).join('.') || 'body';

type Part = { readonly value: unknown; readonly key: string; readonly within: Part | undefined };

const pathOf = (part: Part | undefined): readonly string[] => {
  const path: string[] = [];
  for (let one = part; one?.within; one = one.within) path.push(one.key);
  return path.reverse();
};

/**
 * JSON can write half of a surrogate pair (`"\ud800"`); UTF-8 cannot, so no table or queue takes it.
 * Without recursion, as a value may be nested deeper than the stack.
 */
const halfCharacters = (checked: unknown): readonly Part[] => {
  const parts: Part[] = [{ value: checked, key: '', within: undefined }];
  const found: Part[] = [];
  for (const part of parts) {
    const { value } = part;
    if (typeof value === 'string' && !value.isWellFormed()) found.push(part);
    if (typeof value !== 'object' || value === null) continue;
    if (Object.keys(value).some((key) => !key.isWellFormed())) found.push(part);
    for (const [key, inner] of Object.entries(value)) parts.push({ value: inner, key, within: part });
  }
  return found;
};

/** @throws {Invalid} naming each field that is wrong */
export const check = <T>(schema: Schema<T>, value: unknown): T => {
  const result = z.safeParse(schema, value);
  const faults = result.success
    ? halfCharacters(result.data).map((part) => ({
        path: pathOf(part),
        message: 'must not contain half of a surrogate pair (U+D800 to U+DFFF)',
      }))
    : result.error.issues;
  if (result.success && faults.length === 0) return result.data;
  const fields = faults.map(({ path, message }) => ({ field: field(path), message }));
  throw new Invalid('Some fields are invalid', fields);
};

/** The engine quotes the text it could not read; what people send must not be logged. */
const withoutQuote = (message: string): string => message.replace(/, (\.\.\.)?".*"(\.\.\.)? is not valid JSON$/s, '');

/** @throws {Invalid} when the text is not JSON or does not match the schema */
export const parseWith = <T>(schema: Schema<T>, text: string): T => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Invalid(`not JSON: ${withoutQuote((error as Error).message)}`, [
      { field: 'body', message: 'must be JSON (RFC 8259)' },
    ]);
  }
  return check(schema, value);
};

/** A schema with its description in the OpenAPI document. */
export const described = <T extends z.ZodMiniType>(schema: T, description: string, examples?: unknown[]): T => {
  z.globalRegistry.add(schema, { description, ...(examples ? { examples } : {}) });
  return schema;
};
