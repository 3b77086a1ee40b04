/** The worker of the push queue, wired for Lambda. */
import { dynamo } from '../platform/dynamo.ts';
import { env } from '../platform/env.ts';
import { queuesSeldom } from '../platform/lazy-queue-client.ts';
import { ownQueue, queueWorker } from '../platform/queue-worker.ts';
import { connections } from './connections.store.ts';
import { fcm } from './push.client.ts';
import { accessTokens, credentialsFrom } from './push.credentials.ts';
import { push, pushMessage } from './push.worker.ts';

const { FCM_CREDENTIALS, FCM_SECRET_ID, FCM_ENDPOINT } = process.env;

export const handler = queueWorker(
  pushMessage,
  push({
    send: fcm(accessTokens(credentialsFrom(FCM_CREDENTIALS, FCM_SECRET_ID), Date.now), FCM_ENDPOINT),
    connections: connections(dynamo(), env('STATE_TABLE')),
    now: Date.now,
  }),
  ownQueue(queuesSeldom()),
);
