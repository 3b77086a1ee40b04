/** What is reached from outside: HTTP APIs, WebSocket APIs, function URLs, each on its own port. */
import { ACCOUNT, type Places, REGION } from './addresses.ts';
import { startFunctionUrls } from './http/function-url.ts';
import { type HttpRecord, startHttpApi } from './http/server.ts';
import { readApis } from './http/template.ts';
import type { Functions } from './lambda/functions.ts';
import type { Teardown } from './teardown.ts';
import type { Stack } from './template/stack.ts';
import { type SocketMetric, startSocketApi } from './websocket/server.ts';

export interface DoorsOptions {
  readonly stack: Stack;
  readonly places: Places;
  readonly functions: Functions;
  readonly teardown: Teardown;
  readonly onRequest: (record: HttpRecord) => void;
  readonly onSocketMetric: (apiId: string, stage: string, name: SocketMetric) => void;
}

export const openDoors = async ({
  stack,
  places,
  functions,
  teardown,
  onRequest,
  onSocketMetric,
}: DoorsOptions): Promise<void> => {
  for (const api of readApis(stack)) {
    const shared = { api, port: places.portOf(api.logicalId), functions, account: ACCOUNT };
    const running =
      api.protocol === 'HTTP'
        ? await startHttpApi({ ...shared, rewrite: places.rewrite, onRequest })
        : await startSocketApi({
            ...shared,
            region: REGION,
            onMetric: (name) => onSocketMetric(api.id, api.stage.StageName, name),
          });
    teardown.add(api.logicalId, () => running.stop());
  }
  for (const url of await startFunctionUrls({ stack, functions, portOf: places.portOf, account: ACCOUNT })) {
    teardown.add('function URL', () => url.stop());
  }
};
