/** A message of a queue: the sender and the worker have one declaration. */
import { describe, expect, expectTypeOf, it } from 'vitest';
import * as z from 'zod/mini';
import { Invalid } from '../../functions/kernel/errors.ts';
import { type MessageOf, message } from '../../functions/platform/message.ts';

const counted = message(z.object({ id: z.string(), times: z._default(z.int(), 1) }));

describe('a message', () => {
  it('is read as it was written, with its defaults', () => {
    expect(counted.read(counted.write({ id: 'a', times: 3 }))).toEqual({ id: 'a', times: 3 });
    expect(counted.read(counted.write({ id: 'a' }))).toEqual({ id: 'a', times: 1 });
  });

  it('has the type of its schema', () => {
    expectTypeOf<MessageOf<typeof counted>>().toEqualTypeOf<{ id: string; times: number }>();
    // @ts-expect-error: the id is missing
    expect(counted.write({ times: 1 })).toBe('{"times":1}');
  });

  it.each(['{"times":1}', '{"id":"a","times":0.5}', '[]', 'a'])('is invalid as %s', (text) => {
    expect(() => counted.read(text)).toThrow(Invalid);
  });
});
