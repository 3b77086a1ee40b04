/** The events of a WebSocket API: what the authorizer and the routes see of a connection. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { commonLogTime } from '../http/event.ts';

export interface ConnectionFacts {
  readonly id: string;
  readonly connectedAt: number;
  readonly sourceIp: string;
  readonly userAgent: string;
  readonly domainName: string;
  /** What the authorizer said: `principalId` and its context, in every event of the connection. */
  authorizer: Readonly<Record<string, unknown>> | undefined;
}

export interface ApiFacts {
  readonly apiId: string;
  readonly stage: string;
  readonly region: string;
  readonly account: string;
}

type EventType = 'CONNECT' | 'MESSAGE' | 'DISCONNECT';

const shortId = (bytes: number): string => randomBytes(bytes).toString('base64');

/** Connection ids look as on AWS, and are safe in a path. */
export const connectionId = (): string => `${randomBytes(11).toString('base64url')}=`;

export const requestContext = (
  connection: ConnectionFacts,
  { apiId, stage }: ApiFacts,
  what: { readonly routeKey: string; readonly eventType: EventType },
): Record<string, unknown> => {
  const now = new Date();
  return {
    routeKey: what.routeKey,
    ...(connection.authorizer && { authorizer: connection.authorizer }),
    ...(what.eventType === 'MESSAGE' && { messageId: shortId(11) }),
    eventType: what.eventType,
    extendedRequestId: shortId(11),
    requestTime: commonLogTime(now),
    messageDirection: 'IN',
    stage,
    connectedAt: connection.connectedAt,
    requestTimeEpoch: now.getTime(),
    identity: { sourceIp: connection.sourceIp, userAgent: connection.userAgent },
    requestId: shortId(11),
    domainName: connection.domainName,
    connectionId: connection.id,
    apiId,
  };
};

/** Headers and query of the handshake, single and as lists. */
export const handshakeParts = (request: IncomingMessage): Record<string, unknown> => {
  const headers: Record<string, string> = {};
  const multiValueHeaders: Record<string, string[]> = {};
  for (let index = 0; index + 1 < request.rawHeaders.length; index += 2) {
    const name = request.rawHeaders[index] ?? '';
    const value = request.rawHeaders[index + 1] ?? '';
    headers[name] = value;
    multiValueHeaders[name] = [...(multiValueHeaders[name] ?? []), value];
  }
  const query = new URL(request.url ?? '/', 'http://local').searchParams;
  const names = [...new Set(query.keys())];
  if (names.length === 0) return { headers, multiValueHeaders };
  return {
    headers,
    multiValueHeaders,
    queryStringParameters: Object.fromEntries(names.map((name) => [name, query.getAll(name).at(-1)])),
    multiValueQueryStringParameters: Object.fromEntries(names.map((name) => [name, query.getAll(name)])),
  };
};

export const methodArn = ({ region, account, apiId, stage }: ApiFacts): string =>
  `arn:aws:execute-api:${region}:${account}:${apiId}/${stage}/$connect`;
