/** Runs before each test file: a fact that does not fit its declaration fails where it is made, stored or not. */
import { isDeepStrictEqual } from 'node:util';
import { vi } from 'vitest';
import * as z from 'zod/mini';

vi.mock(import('../../events/event.ts'), async (original) => {
  const actual = await original();
  const event: typeof actual.event = (of, type, meaning, fields) => {
    const declared = actual.event(of, type, meaning, fields);
    const schema = z.object({ ...of.fields, ...fields });
    const make = (data: Parameters<typeof declared>[0]) => {
      // What is undefined is not published.
      const published: unknown = JSON.parse(JSON.stringify(data));
      if (!isDeepStrictEqual(z.parse(schema, published), published))
        throw new Error(`${type} has fields that are not declared: ${JSON.stringify(published)}`);
      return declared(data);
    };
    const { type: _, ...rest } = { ...declared };
    return Object.assign(make, { ...rest, type }) as unknown as typeof declared;
  };
  return { ...actual, event };
});
