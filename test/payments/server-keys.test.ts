/** Where the gateway's keys come from, and that a key of the other environment never gets in. */
import { describe, expect, it } from 'vitest';
import { guarded, serverKeys } from '../../functions/payments/gateway/server-keys.ts';
import { keysIn } from '../../functions/platform/secret-keys.ts';

describe('server keys', () => {
  it('are read with the newline a secret store adds at the end, and several of them', () => {
    expect(keysIn('SB-Mid-server-a\n')).toEqual(['SB-Mid-server-a']);
    expect(keysIn('SB-Mid-server-a,SB-Mid-server-b\nSB-Mid-server-c')).toEqual([
      'SB-Mid-server-a',
      'SB-Mid-server-b',
      'SB-Mid-server-c',
    ]);
  });

  it.each([
    [[], 'local', 'there is no server key of the gateway'],
    [['SB-Mid-server-a'], 'production', 'a server key of the gateway is not one of the environment production'],
    [['Mid-server-secret'], 'sandbox', 'a server key of the gateway is not one of the environment sandbox'],
    [
      ['Mid-server-a', 'SB-Mid-server-b'],
      'production',
      'a server key of the gateway is not one of the environment production',
    ],
  ] as const)('%j do not start in %s, and the message holds no key', (keys, environment, message) => {
    expect(() => guarded(keys, environment)).toThrow(new Error(message));
  });

  it('come from the environment on one machine', async () => {
    expect(await serverKeys({ MIDTRANS_SERVER_KEYS: 'a b' }, () => 0)()).toEqual(['a', 'b']);
    expect(() => serverKeys({}, () => 0)).toThrow('neither MIDTRANS_SERVER_KEYS nor MIDTRANS_SECRET_ID is set');
  });

  it('come from the secret else, once in five minutes, and the known ones are used on when it is out of reach', async () => {
    let time = 0;
    let reads = 0;
    const fetchSecret = async (): Promise<readonly string[]> => {
      reads += 1;
      if (reads === 2) throw new Error('out of reach');
      return [`SB-Mid-server-${reads}`];
    };
    const keys = serverKeys({ MIDTRANS_SECRET_ID: 's', MIDTRANS_ENVIRONMENT: 'sandbox' }, () => time, fetchSecret);
    expect([await keys(), await keys()]).toEqual([['SB-Mid-server-1'], ['SB-Mid-server-1']]);
    time += 300_000;
    expect(await keys()).toEqual(['SB-Mid-server-1']);
    time += 300_000;
    expect(await keys()).toEqual(['SB-Mid-server-3']);
  });
});
