/** The response of a streaming Lambda function: a head, then text as it comes. */
import type { Writable } from 'node:stream';

export type Sink = {
  /** @returns false when nobody takes it any more */
  readonly write: (text: string) => Promise<boolean>;
  readonly end: () => Promise<void>;
};
export type Open = (status: number, headers: Readonly<Record<string, string>>) => Sink;

/** Who takes nothing for so long is gone: Lambda does not say when a client has left. */
const patienceMs = 4_000;

/** @param respond sends the head, `awslambda.HttpResponseStream.from` of the response stream */
export const sinkOf =
  (
    respond: (metadata: {
      readonly statusCode: number;
      readonly headers: Readonly<Record<string, string>>;
    }) => Writable,
  ): Open =>
  (statusCode, headers) => {
    const stream = respond({ statusCode, headers });
    stream.on('error', () => undefined);
    const taken = (start: (done: (error?: Error | null) => void) => void): Promise<boolean> =>
      new Promise((resolve) => {
        const timer = setTimeout(() => resolve(false), patienceMs);
        start((error) => {
          clearTimeout(timer);
          resolve(!error);
        });
      });
    return {
      write: async (text) => !stream.destroyed && !stream.writableEnded && taken((done) => stream.write(text, done)),
      end: async () => void (await taken((done) => stream.end(() => done()))),
    };
  };
