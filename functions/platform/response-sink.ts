/** The response of a streaming Lambda function: a head, then text in chunks. */
import type { Writable } from 'node:stream';

export type Sink = {
  /** @returns false when the client has left */
  readonly write: (text: string) => Promise<boolean>;
  readonly end: () => Promise<void>;
};
export type Open = (status: number, headers: Readonly<Record<string, string>>) => Sink;

type Head = { readonly statusCode: number; readonly headers: Readonly<Record<string, string>> };

/** A client that takes nothing for so long has left: Lambda does not report it. */
const stalledMs = 4_000;

/** @param respond sends the head, `awslambda.HttpResponseStream.from` of the response stream */
export const sinkOf =
  (respond: (head: Head) => Writable): Open =>
  (statusCode, headers) => {
    const stream = respond({ statusCode, headers });
    stream.on('error', () => undefined);
    const taken = (start: (done: (error?: Error | null) => void) => void): Promise<boolean> =>
      new Promise((resolve) => {
        const timer = setTimeout(() => resolve(false), stalledMs);
        start((error) => {
          clearTimeout(timer);
          resolve(!error);
        });
      });
    return {
      write: (text) => taken((done) => stream.write(text, done)),
      end: async () => void (await taken((done) => stream.end(() => done()))),
    };
  };
