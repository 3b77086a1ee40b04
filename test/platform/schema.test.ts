/** What is wrong with a text is said without a word of the text itself: it ends in logs and dead letters. */
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { Invalid } from '../../functions/platform/errors.ts';
import { parseWith } from '../../functions/platform/schema.ts';

const wrong = (text: string): Invalid => {
  try {
    parseWith(z.object({ a: z.string() }), text);
  } catch (error) {
    if (error instanceof Invalid) return error;
  }
  throw new Error('was read');
};

describe('a text that is not JSON', () => {
  it.each([
    ['budi@example.com', "not JSON: Unexpected token 'b'"],
    ['{"email": budi@example.com}', "not JSON: Unexpected token 'b'"],
    [`{"pan": "${'4'.repeat(60)}", "email": budi@example.com, "more": "${'x'.repeat(60)}"}`, "not JSON: Unexpected token 'b'"],
    ['{"email": "budi@example.com" x}', "not JSON: Expected ',' or '}' after property value in JSON at position 29 (line 1 column 30)"],
    ['', 'not JSON: Unexpected end of JSON input'],
  ])('is not quoted: %s', (text, message) => {
    expect(wrong(text)).toMatchObject({ message, fields: [{ field: 'body', message: 'must be JSON (RFC 8259)' }] });
  });
});
