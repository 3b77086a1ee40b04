/** The second reader of the State stream: the story. */
import { required } from './env.ts';
import { parkIn } from './park.ts';
import type { Env, Ports } from './ports.ts';
import { story } from './story.ts';
import { streamReader } from './stream-reader.ts';

export const compose = ({ dynamo, queues }: Ports<'dynamo' | 'queues'>, env: Env) => {
  const park = parkIn(queues, required(env, 'DEAD_LETTER_URL'));
  return streamReader(story({ dynamo, park }, required(env, 'STORY_TABLE')), park);
};
