/** Calls of a running stack: its API under any name, and the bank and the faults of its simulated gateway. */
import { type Role, tokensOf } from '../local/people/people.ts';

/** Where the stack is, as `npm start -- --ready-file` writes it. */
export type Where = Readonly<
  Record<'api' | 'websocket' | 'tokens' | 'webhook' | 'midtrans' | 'dynamodb' | 'mailbox', string>
> & {
  readonly tables: Readonly<Record<string, string>>;
};

// biome-ignore lint/suspicious/noExplicitAny: answers of many routes
export type Json = any;

type Sent = { readonly body?: object | undefined; readonly headers?: Readonly<Record<string, string>> };

const fetched = async (method: string, url: string, { body, headers }: Sent = {}): Promise<Json> => {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${text}`);
  return text ? JSON.parse(text) : {};
};

export const stackCalls = (where: Where) => {
  const tokens = new Map<string, ReturnType<typeof tokensOf>>();
  const tokenOf = async (role: Role, sub: string): Promise<string> => {
    const token = tokens.get(sub) ?? tokensOf(where, role, sub);
    tokens.set(sub, token);
    return token(undefined);
  };
  return {
    /** @param route `POST /rides` */
    by: async (
      [role, sub]: readonly [Role, string],
      route: string,
      body?: object,
      headers: Readonly<Record<string, string>> = {},
    ): Promise<Json> => {
      const [method = '', path = ''] = route.split(' ');
      const authorization = `Bearer ${await tokenOf(role, sub)}`;
      return fetched(method, where.api + path, { body, headers: { authorization, ...headers } });
    },
    bank: (method: string, path: string, body?: object): Promise<Json> =>
      fetched(method, `${where.midtrans}/_sim/${path}`, { body }),
    mailsOf: async (reference: string): Promise<readonly Json[]> =>
      (await fetched('GET', `${where.mailbox}/mails?reference=${reference}`)).mails,
  };
};
export type StackCalls = ReturnType<typeof stackCalls>;
