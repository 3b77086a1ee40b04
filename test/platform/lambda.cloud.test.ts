/** What middy and Powertools add to a bundle: the webhook must start in the time that its caller waits. */
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { root, settings } from '../../build.ts';

const bytesOf = async (contents: string): Promise<number> => {
  const { outputFiles } = await build({ ...settings, stdin: { contents, resolveDir: root }, outfile: 'index.mjs' });
  return outputFiles.find(({ path }) => path.endsWith('.mjs'))?.contents.length ?? 0;
};

describe('the bundle of the webhook', () => {
  it('is at most a quarter larger than one that only sends to a queue', async () => {
    const own = await bytesOf(`export * from './functions/payments/notifications/webhook.handler.ts';`);
    const bare = await bytesOf(`
      import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
      const queue = new SQSClient({});
      export const handler = (input) => queue.send(new SendMessageCommand(input));
    `);
    expect(bare).toBeGreaterThan(150_000);
    expect(own / bare).toBeLessThanOrEqual(1.25);
  });
});
