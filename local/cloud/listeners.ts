/** What listens for callers: HTTP APIs, WebSocket APIs, function URLs, each on its port. */
import { startFunctionUrls } from './http/function-url.ts';
import { startHttpApi } from './http/server.ts';
import { readApis } from './http/template.ts';
import type { Needs } from './parts.ts';
import { startSocketApi } from './websocket/server.ts';

export const openListeners = async (
  parts: Needs<'stack' | 'addresses' | 'functions' | 'teardown' | 'monitor'>,
): Promise<void> => {
  const { stack, teardown } = parts;
  for (const api of readApis(stack)) {
    const { stop } = await (api.protocol === 'HTTP' ? startHttpApi(parts, api) : startSocketApi(parts, api));
    teardown.add(api.logicalId, stop);
  }
  for (const { stop } of await startFunctionUrls(parts)) teardown.add('function URL', stop);
};
