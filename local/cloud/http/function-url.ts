/** Function URLs: payload format 2.0 on a dedicated port, with responses that stream as the function writes them. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { json, type Reply, readBody, serve, TooLarge } from '../../server/http.ts';
import type { ResponseSink } from '../lambda/environment.ts';
import type { LambdaFunction } from '../lambda/functions.ts';
import type { Needs } from '../parts.ts';
import { text, unused, z } from '../template/schema.ts';
import { httpEvent, replyOf } from './event.ts';

const schema = z.strictObject({
  TargetFunctionArn: text,
  AuthType: z.literal('NONE', 'only public function URLs are known here'),
  InvokeMode: z.enum(['BUFFERED', 'RESPONSE_STREAM']).default('BUFFERED'),
  Cors: z.undefined('cross-origin responses of a function URL are not known here').optional(),
  ...unused('Qualifier'),
});

const metadata = z.looseObject({
  statusCode: z.number().default(200),
  headers: z.record(text, z.coerce.string()).default({}),
  cookies: z.array(text).default([]),
});

const largestBody = 6 * 1024 * 1024;

/** Writes to the response as the function does. It does not wait for a client who left, and the function continues. */
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
  chunk: (bytes, taken) => {
    if (response.destroyed || response.write(bytes)) return taken();
    const settle = (): void => {
      response.off('drain', settle).off('close', settle);
      taken();
    };
    response.once('drain', settle).once('close', settle);
  },
});

const failure = (status: number, Message: string): Reply => json(status, { Message });

const answer = async (request: IncomingMessage, response: ServerResponse, target: LambdaFunction, streams: boolean) => {
  const body = await readBody(request, largestBody);
  const identity = { routeKey: '$default', requestId: randomUUID(), apiId: 'local', stage: '$default' };
  const event = JSON.stringify(httpEvent({ request, body, ...identity, parameters: undefined, jwt: undefined }));
  const outcome = await target.invoke(event, streams ? sinkOf(response) : undefined);
  if (response.headersSent) return void (outcome.ok ? response.end() : response.destroy());
  if (!outcome.ok && outcome.throttled) return failure(429, 'Too Many Requests');
  return (outcome.ok ? replyOf(outcome.payload) : undefined) ?? failure(502, 'Internal Server Error');
};

const failed = (error: unknown): Reply =>
  error instanceof TooLarge ? failure(413, 'Request Entity Too Large') : failure(502, 'Internal Server Error');

export const startFunctionUrls = (parts: Needs<'stack' | 'functions' | 'addresses'>) =>
  Promise.all(
    parts.stack.read('AWS::Lambda::Url', schema).map(({ id, properties }) => {
      const target = parts.functions.find(properties.TargetFunctionArn);
      const streams = properties.InvokeMode === 'RESPONSE_STREAM';
      return serve(
        (request, response) => answer(request, response, target, streams),
        parts.addresses.portOf(id),
        failed,
      );
    }),
  );
