/** Settings of a function. */
import { describe, expect, it } from 'vitest';
import { required } from '../../functions/platform/env.ts';

describe('a setting is required', () => {
  it('is its value', () => {
    expect(required({ STATE_TABLE: 'State' }, 'STATE_TABLE')).toBe('State');
  });

  it.each([{}, { STATE_TABLE: undefined }, { STATE_TABLE: '' }])('stops the start by its name in %j', (env) => {
    expect(() => required(env, 'STATE_TABLE')).toThrow(new Error('environment variable STATE_TABLE is not set'));
  });
});
