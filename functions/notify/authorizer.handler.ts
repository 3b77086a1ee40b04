/** The WebSocket authorizer, wired for Lambda. */
import { env } from '../platform/env.ts';
import { tokenVerifier } from '../platform/token.ts';
import { authorizer } from './authorizer.ts';

export const handler = authorizer(tokenVerifier(env('OIDC_ISSUER'), env('OIDC_AUDIENCE')), env('ROLES_CLAIM'));
