/**
 * The embedded SQS. fauxqs only starts itself on all interfaces and through HTTP; its own store, taken from inside the
 * package, lets the host listen on loopback, receive without a network call, and correct its disk store.
 */
import { buildApp } from 'fauxqs';
import { loopback } from '../../server/ports.ts';

export type StoredMessage = {
  readonly messageId: string;
  readonly body: string;
  readonly md5OfBody: string;
  readonly messageAttributes: Readonly<
    Record<string, { readonly DataType: string; readonly StringValue?: string; readonly BinaryValue?: string }>
  >;
  readonly md5OfMessageAttributes: string;
  readonly sentTimestamp: number;
  readonly approximateReceiveCount: number;
  readonly approximateFirstReceiveTimestamp?: number;
};

export type StoredQueue = {
  readonly name: string;
  url: string;
  readonly arn: string;
  attributes: Record<string, string>;
  messages: StoredMessage[];
  delayedMessages: StoredMessage[];
  readonly inflightMessages: Map<string, { readonly message: StoredMessage; readonly visibilityDeadline: number }>;
  persistence?: Persistence;
  enqueue(message: StoredMessage): void;
  dequeue(
    count: number,
    visibilityTimeout: number | undefined,
    dlq: (arn: string) => StoredQueue | undefined,
  ): { ReceiptHandle: string }[];
  deleteMessage(receiptHandle: string): boolean;
  changeVisibility(receiptHandle: string, seconds: number): void;
  processTimers(): void;
  notifyWaiters(): void;
  setAttributes(attributes: Record<string, string>): void;
};

export type Store = {
  host: string;
  region: string;
  readonly queues: Map<string, StoredQueue>;
  persistence?: Persistence;
  createQueue(name: string, url: string, arn: string, attributes: Record<string, string>): StoredQueue;
  allQueues(): Iterable<StoredQueue>;
  getQueueByName(name: string): StoredQueue | undefined;
  getQueueByArn(arn: string): StoredQueue | undefined;
};

type Persistence = {
  readonly db: { exec(sql: string): void; prepare(sql: string): { run(...values: unknown[]): unknown } };
  loadSqsAndSns(sqs: Store, sns: unknown): void;
  updateMessageReady(messageId: string): void;
  updateMessageInflight(
    messageId: string,
    receiptHandle: string,
    deadline: number,
    receives: number,
    firstReceivedAt?: number,
  ): void;
  deleteMessage(messageId: string): void;
  close(): void;
};

type Inside = {
  readonly SqsStore: {
    new (): Store;
    createMessage(body: string, attributes: object, delaySeconds?: number): StoredMessage;
  };
  readonly PersistenceManager: new (folder: string) => Persistence;
  readonly SnsStore: new () => unknown;
  readonly S3Store: new () => unknown;
};

const inside = async (): Promise<Inside> => {
  const entry = import.meta.resolve('fauxqs');
  const [sqs, persistence, sns, s3] = await Promise.all(
    ['./sqs/sqsStore.js', './persistence.js', './sns/snsStore.js', './s3/s3Store.js'].map(
      (path) => import(new URL(path, entry).href),
    ),
  );
  return { ...sqs, ...persistence, ...sns, ...s3 };
};

/** Before the handle of a message whose last attempt has ended. */
const ended = 'ended ';

const openPersistence = (manager: Inside['PersistenceManager'], folder: string): Persistence => {
  const persistence = new manager(folder);
  // A killed process loses nothing that it wrote; only a power cut could.
  persistence.db.exec('PRAGMA synchronous = OFF');
  // fauxqs 2.4.1 writes NULL into a column that forbids it, and so loses a message made visible at once.
  const ready = persistence.db.prepare(
    'UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL WHERE message_id = ?',
  );
  persistence.updateMessageReady = (messageId) => void ready.run(messageId);
  // A second deadline under one handle is a worker's: its attempt has ended, and the message waits for the next one.
  const held = persistence.db.prepare(`UPDATE sqs_messages SET
    receipt_handle = CASE WHEN receipt_handle IN (?1, '${ended}' || ?1) THEN '${ended}' || ?1 ELSE ?1 END,
    visibility_deadline = ?2, approximate_receive_count = ?3, approximate_first_receive_timestamp = ?4
    WHERE message_id = ?5`);
  persistence.updateMessageInflight = (messageId, handle, ...[deadline, receives, firstReceivedAt]) =>
    void held.run(handle, deadline, receives, firstReceivedAt ?? null, messageId);
  // Every holder of a message ended with the last process: it need not stay hidden until its time-out, and a receive
  // that was cut short does not count.
  persistence.db
    .prepare(`UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL,
      approximate_receive_count = approximate_receive_count - (receipt_handle NOT LIKE '${ended}%')
      WHERE visibility_deadline > ?`)
    .run(Date.now());
  return persistence;
};

export type SqsServer = Awaited<ReturnType<typeof startSqs>>;
type SqsOptions = {
  readonly port: number;
  readonly region: string;
  /** Where messages are kept over a restart; without it they live in memory. */
  readonly folder: string | undefined;
};

export const startSqs = async ({ port, region, folder }: SqsOptions) => {
  const { SqsStore, PersistenceManager, SnsStore, S3Store } = await inside();
  const store = new SqsStore();
  store.host = '';
  store.region = region;
  const persistence = folder === undefined ? undefined : openPersistence(PersistenceManager, folder);
  if (persistence) {
    persistence.loadSqsAndSns(store, new SnsStore());
    store.persistence = persistence;
    for (const queue of store.allQueues()) queue.persistence = persistence;
  }
  // The package's types hide that these are the stores it asks for.
  const stores = { sqsStore: store, snsStore: new SnsStore(), s3Store: new S3Store() } as never;
  const app = buildApp({ logger: false, defaultRegion: region, stores });
  app.server.keepAliveTimeout = 65_000;
  await app.listen({ port, host: loopback });
  return {
    store,
    createMessage: SqsStore.createMessage,
    stop: async (): Promise<void> => {
      await app.close();
      persistence?.close();
    },
  };
};
