/** Lets an app open its WebSocket: the token of any OIDC issuer, as the HTTP API takes it. */
import { log } from '../kernel/log.ts';
import { principalFrom } from '../kernel/principal.ts';
import { tokenOf, type Verify } from '../platform/tokens.ts';

/** The event of a REQUEST authorizer. */
export type AuthorizerEvent = {
  readonly methodArn: string;
  readonly headers?: Readonly<Record<string, string>> | null;
  readonly queryStringParameters?: Readonly<Record<string, string>> | null;
};

/** API Gateway answers this message, and only this one, with 401. */
const unauthorized = () => new Error('Unauthorized');

export const authorizer = (verify: Verify, rolesClaim: string) => async (event: AuthorizerEvent) => {
  const token = tokenOf(event);
  if (!token) throw unauthorized();
  const claims = await verify(token).catch((error: unknown) => {
    log.warn('Socket refused', { outcome: 'refused', reason: error instanceof Error ? error.name : 'unknown' });
    throw unauthorized();
  });
  const principal = principalFrom(claims, rolesClaim);
  if (!principal || principal.roles.length === 0) throw unauthorized();
  return {
    principalId: principal.sub,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: event.methodArn }],
    },
    context: { roles: principal.roles.join(' ') },
  };
};
