/** The service account of the push service, and the access token it is granted. */
import { decodeJwt, exportPKCS8, generateKeyPair } from 'jose';
import { describe, expect, it } from 'vitest';
import { Unavailable } from '../../functions/kernel/errors.ts';
import { accessTokens, type Credentials, credentialsFrom } from '../../functions/notify/push.credentials.ts';
import type { HttpCall } from '../../functions/platform/ports.ts';
import { start, testPorts } from '../support/ports.ts';

const { privateKey } = await generateKeyPair('RS256', { extractable: true });
const account = {
  project_id: 'fleet',
  client_email: 'push@fleet.example',
  private_key: await exportPKCS8(privateKey),
  token_uri: 'https://tokens/grant',
};
const json = JSON.stringify(account);

const setUp = ({ read = async () => account }: { readonly read?: Credentials } = {}) => {
  const calls: (readonly [string, HttpCall])[] = [];
  let reply: { readonly status: number; readonly text: string } | undefined;
  const { ports, clock } = testPorts({
    http: async (url, call) => {
      calls.push([url, call]);
      const grant = { access_token: `access-${calls.length}`, expires_in: 3_600 };
      return reply ?? { status: 200, text: JSON.stringify(grant) };
    },
  });
  return {
    calls,
    clock,
    tokens: accessTokens(ports, read),
    answers: (next: typeof reply): void => {
      reply = next;
    },
  };
};

describe('the service account', () => {
  const { ports } = testPorts();

  it('is not there when none is configured', async () => {
    expect(await credentialsFrom(ports, {})()).toBeUndefined();
    expect(await setUp({ read: async () => undefined }).tokens.get()).toBeUndefined();
  });

  it('comes from the setting, before a secret', async () => {
    expect(await credentialsFrom(ports, { FCM_CREDENTIALS: json, FCM_SECRET_ID: 'unread' })()).toEqual(account);
  });

  it('comes from the secret when one is named', async () => {
    const readSecret = async (id: string): Promise<string> => (id === 'push' ? json : '');
    expect(await credentialsFrom({ readSecret }, { FCM_SECRET_ID: 'push' })()).toEqual(account);
  });

  it('that cannot be read can be corrected: the message is tried again', async () => {
    const failing = credentialsFrom(ports, { FCM_CREDENTIALS: '{}' })();
    await expect(failing).rejects.toBeInstanceOf(Unavailable);
    await expect(failing).rejects.toThrow('the service account of the push service is invalid');
  });

  it('whose key is broken can be corrected, too', async () => {
    const { tokens } = setUp({ read: async () => ({ ...account, private_key: 'x' }) });
    const failing = tokens.get();
    await expect(failing).rejects.toBeInstanceOf(Unavailable);
    await expect(failing).rejects.toThrow('the private key of the push service cannot be read');
  });
});

describe('the access token', () => {
  it('is requested with an assertion that the account signed for an hour', async () => {
    const { tokens, calls } = setUp();
    expect(await tokens.get()).toMatchObject({ projectId: 'fleet', token: 'access-1' });
    const [[url, call] = []] = calls;
    expect([url, call?.method, call?.timeoutMs]).toEqual(['https://tokens/grant', 'POST', 2_000]);
    const form = new URLSearchParams(call?.body);
    expect(form.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer');
    expect(decodeJwt(form.get('assertion') ?? '')).toEqual({
      scope: 'https://www.googleapis.com/auth/firebase.messaging',
      iss: 'push@fleet.example',
      aud: 'https://tokens/grant',
      iat: 1_795_232_640,
      exp: 1_795_236_240,
    });
  });

  it('is kept until a minute before it ends', async () => {
    const { tokens, calls, clock } = setUp();
    await tokens.get();
    clock.pass(3_539_999);
    expect([(await tokens.get())?.token, calls.length]).toEqual(['access-1', 1]);
    clock.pass(1);
    expect([(await tokens.get())?.token, calls.length]).toEqual(['access-2', 2]);
    expect(clock.now()).toBe(start + 3_540_000);
  });

  it('is renewed once for all that ask at the same moment', async () => {
    const { tokens, calls, clock } = setUp();
    await Promise.all([tokens.get(), tokens.get()]);
    expect(calls).toHaveLength(1);
    clock.pass(3_600_000);
    const renewed = await Promise.all([tokens.get(), tokens.get(), tokens.get()]);
    expect(renewed.map((access) => access?.token)).toEqual(['access-2', 'access-2', 'access-2']);
    expect(calls).toHaveLength(2);
  });

  it('is requested again after the push service refused it', async () => {
    const { tokens } = setUp();
    await tokens.get();
    tokens.forget();
    expect((await tokens.get())?.token).toBe('access-2');
  });

  it.each([
    [503, 'x'.repeat(300), `the token service of the push service answered 503: ${'x'.repeat(200)}`],
    [200, '{}', 'the answer of the token service is invalid'],
  ])('that is not granted (%i) can be requested again', async (status, text, message) => {
    const { tokens, answers } = setUp();
    answers({ status, text });
    const failing = tokens.get();
    await expect(failing).rejects.toBeInstanceOf(Unavailable);
    expect(await failing.catch(({ message: said }: Error) => said)).toBe(message);
    answers(undefined);
    expect((await tokens.get())?.token).toBe('access-2');
  });

  it('is requested again when the token service did not answer', async () => {
    const failing = accessTokens(testPorts().ports, async () => account).get();
    await expect(failing).rejects.toBeInstanceOf(Unavailable);
    await expect(failing).rejects.toThrow('the token service of the push service does not answer');
  });
});
