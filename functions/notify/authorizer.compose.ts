/** The WebSocket authorizer. */
import { required } from '../platform/env.ts';
import type { BasePorts, Env } from '../platform/ports.ts';
import { tokenVerifier } from '../platform/tokens.ts';
import { authorizer } from './authorizer.ts';

export const compose = ({ http }: BasePorts, env: Env) =>
  authorizer(
    tokenVerifier(http, required(env, 'OIDC_ISSUER'), required(env, 'OIDC_AUDIENCE')),
    required(env, 'ROLES_CLAIM'),
  );
