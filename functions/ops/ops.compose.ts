/** The reading routes. */
import { required } from '../platform/env.ts';
import { httpApi } from '../platform/http.ts';
import type { Env, Ports } from '../platform/ports.ts';
import { endpoints } from './ops.endpoints.ts';
import { routes } from './ops.routes.ts';
import { readStory } from './story.store.ts';

export const compose = (ports: Ports<'dynamo'>, env: Env) =>
  httpApi(
    routes,
    endpoints({
      story: readStory(ports.dynamo, required(env, 'STORY_TABLE')),
      // The document is next to the bundle.
      document: () => ports.readText(new URL('./openapi.json', import.meta.url)),
    }),
    ports,
    env,
  );
