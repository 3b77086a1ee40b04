/** The second reader of the State stream, wired for Lambda. */
import { dynamo } from './dynamo.ts';
import { env } from './env.ts';
import { queuesSeldom } from './lazy-queue-client.ts';
import { parkIn } from './park.ts';
import { story } from './story.ts';
import { streamReader } from './stream-reader.ts';

export const handler = streamReader(
  story(dynamo(), env('STORY_TABLE')),
  parkIn(queuesSeldom().send, env('DEAD_LETTER_URL')),
);
