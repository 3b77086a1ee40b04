/**
 * The embedded SQS. fauxqs only starts itself on all interfaces and through HTTP; its own store, taken from inside the
 * package, lets the host listen on loopback, receive without a network call, and correct its disk store.
 */
// biome-ignore-all lint/complexity/useLiteralKeys: the package declares what is reached by its key here as private
import { type BuildAppOptions, buildApp } from 'fauxqs';
import { loopback } from '../../server/ports.ts';

type Stores = NonNullable<BuildAppOptions['stores']>;
type Store = Stores['sqsStore'];
type Persistence = NonNullable<Store['persistence']>;
export type StoredQueue = NonNullable<ReturnType<Store['getQueueByName']>>;
export type StoredMessage = StoredQueue['messages'][number];

type Inside = {
  readonly SqsStore: {
    new (): Store;
    createMessage(body: string, attributes: object, delaySeconds?: number): StoredMessage;
  };
  readonly PersistenceManager: new (folder: string) => Persistence;
  readonly SnsStore: new () => Stores['snsStore'];
  readonly S3Store: new () => Stores['s3Store'];
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
  const db = persistence['db'];
  db.exec('PRAGMA synchronous = OFF');
  // fauxqs 2.4.1 writes NULL into a column that forbids it, and so loses a message made visible at once.
  const ready = db.prepare(
    'UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL WHERE message_id = ?',
  );
  persistence.updateMessageReady = (messageId) => void ready.run(messageId);
  // A second deadline under one handle is a worker's: its attempt has ended, and the message waits for the next one.
  const held = db.prepare(`UPDATE sqs_messages SET
    receipt_handle = CASE WHEN receipt_handle IN (?1, '${ended}' || ?1) THEN '${ended}' || ?1 ELSE ?1 END,
    visibility_deadline = ?2, approximate_receive_count = ?3, approximate_first_receive_timestamp = ?4
    WHERE message_id = ?5`);
  persistence.updateMessageInflight = (messageId, handle, ...[deadline, receives, firstReceivedAt]) =>
    void held.run(handle, deadline, receives, firstReceivedAt ?? null, messageId);
  // Every holder of a message ended with the last process: it need not stay hidden until its time-out, and a receive
  // that was cut short does not count.
  db.prepare(`UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL,
      approximate_receive_count = approximate_receive_count - (receipt_handle NOT LIKE '${ended}%')
      WHERE visibility_deadline > ?`).run(Date.now());
  return persistence;
};

/** Calls the listener whenever a message may have become visible. */
export const watchQueue = (queue: StoredQueue, listener: () => void): void => {
  const notify = queue['notifyWaiters'].bind(queue);
  queue['notifyWaiters'] = () => {
    notify();
    listener();
  };
};

/** Gives a queue that survived a restart the address of this run. */
export const moveQueue = (store: Store, queue: StoredQueue, url: string): void => {
  store['queues'].delete(queue.url);
  store['queues'].set(url, Object.assign(queue, { url }));
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
  const stores = { sqsStore: store, snsStore: new SnsStore(), s3Store: new S3Store() };
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
