/** The response of a streaming function, and a client that has left. */
import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sinkOf } from '../../functions/platform/response-sink.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const opened = (write: (chunk: Buffer, encoding: string, done: (error?: Error) => void) => void) => {
  const stream = new Writable({ write });
  return { stream, sink: sinkOf(() => stream)(200, {}) };
};

describe('text is written', () => {
  it('is taken when the stream takes it', async () => {
    const taken: string[] = [];
    const { sink } = opened((chunk, _, done) => {
      taken.push(String(chunk));
      done();
    });
    expect(await sink.write('a')).toBe(true);
    expect(taken).toEqual(['a']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is not taken when the client takes nothing for four seconds', async () => {
    const { sink } = opened(() => undefined);
    const written = sink.write('a');
    let settled = false;
    void written.then(() => {
      settled = true;
    });
    await vi.advanceTimersByTimeAsync(3_999);
    expect(settled).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await written).toBe(false);
  });

  it('is not taken when the stream fails, or has failed, or has ended', async () => {
    const { sink } = opened((_, __, done) => done(new Error('gone')));
    expect(await sink.write('a')).toBe(false);
    expect(await sink.write('b')).toBe(false);
    const ended = opened((_, __, done) => done());
    await ended.sink.end();
    expect(ended.stream.writableFinished).toBe(true);
    expect(await ended.sink.write('a')).toBe(false);
  });
});
