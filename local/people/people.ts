/** People with an app, on a local stack: the real client, with tokens of the local issuer. */
import { type TokenProvider, type Tuntas, type TuntasOptions, tuntas } from '../../client/index.ts';
import type { Ready } from '../cloud/ready.ts';

export type Role = 'rider' | 'driver' | 'operator';
export type Where = Pick<Ready, 'api' | 'websocket' | 'tokens'>;

/** Tokens of the local issuer are valid for 12 hours; a refused one is replaced. */
export const tokensOf = ({ tokens }: Pick<Where, 'tokens'>, role: Role, sub: string): TokenProvider => {
  let token: Promise<string> | undefined;
  const fetchToken = async (): Promise<string> => {
    const response = await fetch(tokens, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ role, sub }),
      signal: AbortSignal.timeout(5_000),
    });
    if (!response.ok) throw new Error(`no token for ${role} ${sub}: ${response.status} ${await response.text()}`);
    return ((await response.json()) as { token: string }).token;
  };
  return async (refused) => {
    if (!token || refused !== undefined) token = fetchToken();
    return token.catch((error: unknown) => {
      token = undefined;
      throw error;
    });
  };
};

export const personOf = (where: Where, role: Role, sub: string, options: Partial<TuntasOptions> = {}): Tuntas =>
  tuntas({ api: where.api, websocket: where.websocket, token: tokensOf(where, role, sub), ...options });
