/** The second reader of the State stream, wired for Lambda. */
import { dynamo } from './dynamo.ts';
import { env } from './env.ts';
import { parkIn } from './park.ts';
import { queuesSeldom } from './queue-seldom.ts';
import { story } from './story.ts';
import { streamReader } from './stream.ts';

export const handler = streamReader(story(dynamo(), env('STORY_TABLE')), parkIn(queuesSeldom().send, env('DEAD_LETTER_URL')));
