/** Function URLs: payload format 2.0 on a port of their own, with responses that stream as the function writes them. */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { readBody, TooLarge } from '../../server/aws-json.ts';
import { type Listening, listen } from '../../server/listen.ts';
import type { ResponseSink } from '../lambda/environment.ts';
import type { Functions, LambdaFunction } from '../lambda/functions.ts';
import { text, unused, z } from '../template/schema.ts';
import type { Stack } from '../template/stack.ts';
import { answerOf, httpEvent } from './event.ts';

const schema = z.strictObject({
  TargetFunctionArn: text,
  AuthType: z.literal('NONE', 'only public function URLs are known here'),
  InvokeMode: z.enum(['BUFFERED', 'RESPONSE_STREAM']).default('BUFFERED'),
  Cors: z.undefined('cross-origin answers of a function URL are not known here').optional(),
  Qualifier: unused,
});

const LARGEST_BODY = 6 * 1024 * 1024;

export interface FunctionUrlsOptions {
  readonly stack: Stack;
  readonly functions: Functions;
  readonly portOf: (logicalId: string) => number;
  readonly account: string;
}

const metadata = z.looseObject({
  statusCode: z.number().default(200),
  headers: z.record(text, z.coerce.string()).default({}),
  cookies: z.array(text).default([]),
});

/** Writes to the response as the function does; one who left is no longer waited for, and the function runs on. */
const sinkOf = (response: ServerResponse): ResponseSink => ({
  head: (given) => {
    const { statusCode, headers, cookies } = metadata.parse(given ?? {});
    if (response.headersSent) return;
    response.writeHead(statusCode, {
      'content-type': 'application/octet-stream',
      ...headers,
      ...(cookies.length > 0 && { 'set-cookie': cookies }),
    });
    response.flushHeaders();
  },
  chunk: (bytes, took) => {
    if (response.destroyed || response.write(bytes)) return took();
    const go = (): void => {
      response.off('drain', go);
      response.off('close', go);
      took();
    };
    response.once('drain', go);
    response.once('close', go);
  },
});

const fail = (response: ServerResponse, status: number, message: string): void => {
  if (response.headersSent) return void response.destroy();
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ Message: message }));
};

const answer = async (
  request: IncomingMessage,
  response: ServerResponse,
  target: LambdaFunction,
  options: { account: string; streams: boolean },
): Promise<void> => {
  const body = await readBody(request, LARGEST_BODY);
  const event = httpEvent({
    request,
    body,
    routeKey: '$default',
    parameters: undefined,
    requestId: randomUUID(),
    apiId: 'local',
    account: options.account,
    stage: '$default',
    jwt: undefined,
  });
  const outcome = await target.invoke(JSON.stringify(event), options.streams ? sinkOf(response) : undefined);
  if (!outcome.ok)
    return outcome.throttled ? fail(response, 429, 'Too Many Requests') : fail(response, 502, 'Internal Server Error');
  if (response.headersSent) return void response.end();
  const result = answerOf(outcome.payload);
  if (!result) return fail(response, 502, 'Internal Server Error');
  for (const [name, value] of Object.entries(result.headers)) response.setHeader(name, value);
  response.writeHead(result.status).end(result.body);
};

export const startFunctionUrls = ({
  stack,
  functions,
  portOf,
  account,
}: FunctionUrlsOptions): Promise<readonly Listening[]> =>
  Promise.all(
    stack.read('AWS::Lambda::Url', schema).map(({ id, properties }) => {
      const target = functions.find(properties.TargetFunctionArn);
      const streams = properties.InvokeMode === 'RESPONSE_STREAM';
      const server = createServer((request, response) => {
        answer(request, response, target, { account, streams }).catch((error: unknown) =>
          error instanceof TooLarge
            ? fail(response, 413, 'Request Entity Too Large')
            : fail(response, 502, 'Internal Server Error'),
        );
      });
      return listen(server, portOf(id));
    }),
  );
