/** The stream of live notices on a function URL. */
import { required } from '../platform/env.ts';
import type { Env, Ports } from '../platform/ports.ts';
import { tokenVerifier } from '../platform/tokens.ts';
import { feed } from './feed.store.ts';
import { seats } from './seats.store.ts';
import { live } from './stream.ts';

export const compose = (ports: Ports<'dynamo'>, env: Env) => {
  const table = required(env, 'STATE_TABLE');
  return live({
    feed: feed(ports, table),
    takeSeat: seats(ports, table, Number(required(env, 'LIVE_STREAMS'))),
    verify: tokenVerifier(ports.http, required(env, 'OIDC_ISSUER'), required(env, 'OIDC_AUDIENCE')),
    rolesClaim: required(env, 'ROLES_CLAIM'),
    now: ports.now,
    pause: ports.pause,
  });
};
