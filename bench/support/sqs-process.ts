/** The embedded SQS in a separate process: a measured function shares its own with nothing. */
import { type ChildProcess, fork } from 'node:child_process';
import { startSqs } from '../../local/cloud/sqs/fauxqs.ts';
import { freePort, loopback } from '../../tools/places.ts';

const region = 'ap-southeast-3';

export type Sqs = {
  readonly endpoint: string;
  readonly urlOf: (queue: string) => string;
  readonly stop: () => Promise<void>;
};

export const openSqs = async (...queues: readonly string[]): Promise<Sqs> => {
  const port = await freePort();
  const endpoint = `http://${loopback}:${port}`;
  const urlOf = (queue: string): string => `${endpoint}/000000000000/${queue}`;
  const child: ChildProcess = fork(import.meta.filename, [String(port), ...queues], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('exit', (code) => reject(new Error(`the embedded SQS ended with ${code}`)));
  });
  return {
    endpoint,
    urlOf,
    stop: async () => {
      child.disconnect();
      await ended;
    },
  };
};

if (import.meta.main) {
  process.once('disconnect', () => process.exit());
  const [port = '', ...queues] = process.argv.slice(2);
  const { store } = await startSqs({ port: Number(port), region, folder: undefined });
  for (const queue of queues)
    store.createQueue(
      queue,
      `http://${loopback}:${port}/000000000000/${queue}`,
      `arn:aws:sqs:${region}:000000000000:${queue}`,
      {
        VisibilityTimeout: '30',
      },
    );
  process.send?.('ready');
}
