/** A secret, read through the client of the SDK. */
import { type GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { readSecret } from '../../functions/platform/secret.client.ts';

const answering = (answer: () => Promise<object>) => {
  const asked: unknown[] = [];
  vi.spyOn(SecretsManagerClient.prototype, 'send').mockImplementation(((command: GetSecretValueCommand) => {
    asked.push(command.input);
    return answer();
  }) as never);
  return asked;
};
afterEach(() => void vi.restoreAllMocks());

describe('a secret is read', () => {
  it('is asked for by its id, and is its text', async () => {
    const asked = answering(async () => ({ SecretString: 'new,old' }));
    expect(await readSecret('secret-1')).toBe('new,old');
    expect(asked).toEqual([{ SecretId: 'secret-1' }]);
  });

  it('is empty when it has no text', async () => {
    answering(async () => ({}));
    expect(await readSecret('secret-1')).toBe('');
  });

  it('fails with what the SDK says', async () => {
    const refused = new Error('not allowed');
    answering(() => Promise.reject(refused));
    await expect(readSecret('secret-1')).rejects.toBe(refused);
  });
});
