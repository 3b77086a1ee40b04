/** The error of a text does not quote the text: it ends in logs and dead letters. */
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { Invalid } from '../../functions/kernel/errors.ts';
import { check, described, parseWith } from '../../functions/kernel/schema.ts';

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
    [
      `{"pan": "${'4'.repeat(60)}", "email": budi@example.com, "more": "${'x'.repeat(60)}"}`,
      "not JSON: Unexpected token 'b'",
    ],
    [
      '{"email": "budi@example.com" x}',
      "not JSON: Expected ',' or '}' after property value in JSON at position 29 (line 1 column 30)",
    ],
    ['', 'not JSON: Unexpected end of JSON input'],
  ])('is not quoted: %s', (text, message) => {
    expect(wrong(text)).toMatchObject({ message, fields: [{ field: 'body', message: 'must be JSON (RFC 8259)' }] });
  });
});

describe('a text with half a surrogate pair', () => {
  const place = z.object({ lat: z.number(), address: z.optional(z.string()) });
  const ride = z.object({
    pickup: place,
    candidates: z.optional(z.array(z.string())),
    notes: z.optional(z.record(z.string(), z.string())),
  });
  const fieldsOf = (text: string): readonly string[] => {
    try {
      parseWith(ride, text);
      return [];
    } catch (error) {
      if (error instanceof Invalid) return error.fields.map(({ field }) => field);
      throw error;
    }
  };

  it.each([
    ['the first half', '{"pickup":{"lat":1,"address":"Gambir \\ud83d"}}', ['pickup.address']],
    ['the second half', '{"pickup":{"lat":1,"address":"\\ude00 Gambir"}}', ['pickup.address']],
    ['both, the wrong way round', '{"pickup":{"lat":1,"address":"\\ude00\\ud83d"}}', ['pickup.address']],
    ['it unescaped', '{"pickup":{"lat":1,"address":"\ud83d"}}', ['pickup.address']],
    ['it in a list', '{"pickup":{"lat":1},"candidates":["a","\\udfff"]}', ['candidates.1']],
    ['it in a name', '{"pickup":{"lat":1},"notes":{"\\ud800":"a"}}', ['notes']],
    [
      'it twice',
      '{"pickup":{"lat":1,"address":"\\ud800"},"candidates":["\\ud800"]}',
      ['pickup.address', 'candidates.0'],
    ],
    ['it in a field that is not used', '{"pickup":{"lat":1,"floor":"\\ud800"}}', []],
    ['whole pairs', '{"pickup":{"lat":1,"address":"\\ud83d\\ude00 \ud83d\ude00 \\u0000 \uffff"}}', []],
  ])('[OPS-8] %s: the field is named', (_, text, fields) => expect(fieldsOf(text)).toEqual(fields));

  it('[OPS-8] is refused without a word of the text', () => {
    expect(() => check(place, { lat: 1, address: 'secret \ud800' })).toThrow(
      expect.objectContaining({
        message: 'Some fields are invalid',
        fields: [{ field: 'address', message: 'must not contain half of a surrogate pair (U+D800 to U+DFFF)' }],
      }),
    );
  });

  it('is found however deep it lies', () => {
    const deep = z.object({ any: z.unknown() });
    const nested = `{"any":${'['.repeat(60_000)}"\\ud800"${']'.repeat(60_000)}}`;
    expect(() => parseWith(deep, nested)).toThrow(Invalid);
  });
});

describe('a described schema', () => {
  it('has its description and its examples', () => {
    const schema = described(z.string(), 'The name.', ['Anna']);
    expect(z.globalRegistry.get(schema)).toEqual({ description: 'The name.', examples: ['Anna'] });
    expect(z.globalRegistry.get(described(z.int(), 'The count.'))).toEqual({ description: 'The count.' });
  });

  it('takes what is empty or nothing inside a body', () => {
    const schema = z.object({ a: z.nullable(z.string()), b: z.array(z.unknown()) });
    expect(check(schema, { a: null, b: [null] })).toEqual({ a: null, b: [null] });
  });
});
