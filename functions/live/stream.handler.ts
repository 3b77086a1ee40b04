/** The stream of live notices on a function URL, wired for Lambda. */
import { setTimeout as wait } from 'node:timers/promises';
import type { LambdaFunctionURLEvent } from 'aws-lambda';
import { dynamo } from '../platform/dynamo.ts';
import { env } from '../platform/env.ts';
import { tokenVerifier } from '../platform/token.ts';
import { feed } from './feed.store.ts';
import { seats } from './seats.store.ts';
import { sinkOf } from './sink.ts';
import { live } from './stream.ts';

const client = dynamo();
const table = env('STATE_TABLE');
const stream = live({
  feed: feed(client, table, Date.now),
  takeSeat: seats(client, table, { count: Number(env('LIVE_STREAMS')), now: Date.now, random: Math.random }),
  verify: tokenVerifier(env('OIDC_ISSUER'), env('OIDC_AUDIENCE')),
  rolesClaim: env('ROLES_CLAIM'),
  clock: { now: Date.now, wait: (ms) => wait(ms) },
});

export const handler = awslambda.streamifyResponse<LambdaFunctionURLEvent>((event, response, context) =>
  stream(event, {
    requestId: context.awsRequestId,
    open: sinkOf((metadata) => awslambda.HttpResponseStream.from(response, { ...metadata })),
    remainingMs: () => context.getRemainingTimeInMillis(),
  }),
);
