/** The reading routes, wired for Lambda. */
import { readFile } from 'node:fs/promises';
import { dynamo } from '../platform/dynamo.ts';
import { env } from '../platform/env.ts';
import { httpApi } from '../platform/http.ts';
import { endpoints } from './ops.endpoints.ts';
import { routes } from './ops.routes.ts';
import { readStory } from './story.store.ts';

export const handler = httpApi(
  routes,
  endpoints({
    story: readStory(dynamo(), env('STORY_TABLE')),
    document: () => readFile(new URL('./openapi.json', import.meta.url), 'utf8'),
  }),
  { rolesClaim: env('ROLES_CLAIM'), now: Date.now },
);
