/** Where the gateway's keys come from, and that a key of the other environment never gets in. */
import { describe, expect, it } from 'vitest';
import { guarded, serverKeys } from '../../../functions/payments/gateway/server-keys.ts';
import { testPorts } from '../../support/ports.ts';

describe('server keys', () => {
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

  it('come from the environment on one machine, with blanks, commas or newlines between them', async () => {
    const { ports } = testPorts();
    expect(await serverKeys(ports, { MIDTRANS_SERVER_KEYS: 'a b,c\nd\n' })()).toEqual(['a', 'b', 'c', 'd']);
    expect(() => serverKeys(ports, {})).toThrow('neither MIDTRANS_SERVER_KEYS nor MIDTRANS_SECRET_ID is set');
  });

  it('come from the secret else, once in five minutes; the known ones are used while it is unreachable', async () => {
    const { ports, clock } = testPorts();
    let reads = 0;
    const readSecret = async (id: string): Promise<string> => {
      reads += 1;
      if (reads === 2) throw new Error('unreachable');
      return `SB-Mid-server-${id}-${reads}`;
    };
    const env = { MIDTRANS_SECRET_ID: 's', MIDTRANS_ENVIRONMENT: 'sandbox' };
    const keys = serverKeys({ ...ports, readSecret }, env);
    expect([await keys(), await keys()]).toEqual([['SB-Mid-server-s-1'], ['SB-Mid-server-s-1']]);
    clock.pass(300_000);
    expect(await keys()).toEqual(['SB-Mid-server-s-1']);
    clock.pass(300_000);
    expect(await keys()).toEqual(['SB-Mid-server-s-3']);
  });
});
