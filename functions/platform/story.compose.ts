/** The second reader of the State stream: the story. */
import { required } from './env.ts';
import { parkIn } from './park.ts';
import type { Env, Ports } from './ports.ts';
import { story } from './story.ts';
import { streamReader } from './stream-reader.ts';

export const compose = ({ dynamo, queues }: Ports<'dynamo' | 'queues'>, env: Env) =>
  streamReader(story(dynamo, required(env, 'STORY_TABLE')), parkIn(queues, required(env, 'DEAD_LETTER_URL')));
