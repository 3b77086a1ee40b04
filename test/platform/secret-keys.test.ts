/** Keys from a secret: which are used, how long they are kept, and what happens when it cannot be read. */
import { describe, expect, it } from 'vitest';
import { secretKeys } from '../../functions/platform/secret-keys.ts';
import { testPorts } from '../support/ports.ts';

const all = (keys: readonly string[]) => keys;
const setUp = (guard = all) => {
  const { ports, clock } = testPorts();
  const read: string[] = [];
  let secret: string | Error = 'new,old';
  const readSecret = async (id: string): Promise<string> => {
    read.push(id);
    if (secret instanceof Error) throw secret;
    return secret;
  };
  return {
    keys: secretKeys({ ...ports, readSecret }, { given: undefined, secretId: 'secret-1' }, guard),
    read,
    clock,
    becomes: (next: string | Error) => {
      secret = next;
    },
  };
};
const five = 5 * 60_000;

describe('keys are given', () => {
  it.each([
    ['new,old', ['new', 'old']],
    ['new\n', ['new']],
    [' new \n old\r\n', ['new', 'old']],
  ])('%j holds %j, the newest first', async (given, expected) => {
    const keys = secretKeys(testPorts().ports, { given, secretId: 'unused' }, all);
    expect(await keys?.()).toEqual(expected);
  });

  it('are guarded at the start', () => {
    const guard = (): never => {
      throw new Error('a key of production');
    };
    expect(() => secretKeys(testPorts().ports, { given: 'k', secretId: undefined }, guard)).toThrow('of production');
  });

  it('are none when neither they nor a secret is named', () => {
    expect(secretKeys(testPorts().ports, { given: '', secretId: '' }, all)).toBeUndefined();
  });
});

describe('keys are in a secret', () => {
  it('are read at the first use, and kept for five minutes', async () => {
    const { keys, read, clock, becomes } = setUp();
    expect(read).toEqual([]);
    expect(await keys?.()).toEqual(['new', 'old']);
    becomes('newer');
    clock.pass(five - 1);
    expect(await keys?.()).toEqual(['new', 'old']);
    clock.pass(1);
    expect(await keys?.()).toEqual(['newer']);
    expect(read).toEqual(['secret-1', 'secret-1']);
  });

  it('are used on when the secret cannot be read again, which is tried every five minutes', async () => {
    const { keys, read, clock, becomes } = setUp();
    await keys?.();
    becomes(new Error('the store is down'));
    clock.pass(five);
    expect(await keys?.()).toEqual(['new', 'old']);
    expect(await keys?.()).toEqual(['new', 'old']);
    expect(read).toHaveLength(2);
  });

  it('fail, and are read again, while none was ever read', async () => {
    const { keys, read, becomes } = setUp();
    becomes(new Error('the store is down'));
    await expect(keys?.()).rejects.toThrow('the store is down');
    becomes('new');
    expect(await keys?.()).toEqual(['new']);
    expect(read).toHaveLength(2);
  });

  it('are guarded at each reading', async () => {
    const { keys, clock, becomes } = setUp((found) => {
      if (found.includes('bad')) throw new Error('a bad key');
      return found;
    });
    await keys?.();
    becomes('bad');
    clock.pass(five);
    expect(await keys?.()).toEqual(['new', 'old']);
  });
});
