/** The worker of the receipts queue, wired for Lambda. */
import { orderPaid } from '../../events/order.ts';
import { instant } from '../kernel/types.ts';
import { dynamo } from '../platform/dynamo.ts';
import { env } from '../platform/env.ts';
import { queuesSeldom } from '../platform/lazy-queue-client.ts';
import { ownQueue, queueWorker } from '../platform/queue-worker.ts';
import { contacts } from './contacts.store.ts';
import { ledger } from './deliveries.store.ts';
import { mailer } from './mail.client.ts';
import { receipts } from './receipts.worker.ts';

const client = dynamo();

export const handler = queueWorker(
  orderPaid,
  receipts({
    ledger: ledger(client, env('STORY_TABLE')),
    contacts: contacts(client, env('STATE_TABLE')),
    send: mailer(process.env.MAIL_ENDPOINT, env('MAIL_FROM')),
    now: () => instant(Date.now()),
  }),
  ownQueue(queuesSeldom()),
);
