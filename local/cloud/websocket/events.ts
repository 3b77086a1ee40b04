/** The events of a WebSocket API: what the authorizer and the routes see of a connection. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { urlOf } from '../../server/http.ts';
import { commonLogTime } from '../http/event.ts';
import type { Api } from '../http/template.ts';

export type Connection = {
  readonly id: string;
  readonly connectedAt: number;
  readonly sourceIp: string;
  readonly userAgent: string;
  readonly domainName: string;
  /** `principalId` and context given by the authorizer, in every event of the connection. */
  readonly authorizer?: Readonly<Record<string, unknown>>;
};

type Occasion = { readonly routeKey: string; readonly eventType: 'CONNECT' | 'MESSAGE' | 'DISCONNECT' };

const shortId = (): string => randomBytes(11).toString('base64');

/** Connection ids look as on AWS, and are safe in a path. */
export const connectionOf = ({ socket, headers }: IncomingMessage): Connection => ({
  id: `${randomBytes(11).toString('base64url')}=`,
  connectedAt: Date.now(),
  sourceIp: socket.remoteAddress ?? '',
  userAgent: headers['user-agent'] ?? '',
  domainName: headers.host ?? '',
});

export const requestContext = (
  { id: connectionId, connectedAt, sourceIp, userAgent, domainName, authorizer }: Connection,
  { id: apiId, stage }: Api,
  { routeKey, eventType }: Occasion,
) => {
  const now = new Date();
  return {
    routeKey,
    ...(authorizer && { authorizer }),
    ...(eventType === 'MESSAGE' && { messageId: shortId() }),
    eventType,
    extendedRequestId: shortId(),
    requestTime: commonLogTime(now),
    messageDirection: 'IN',
    stage: stage.StageName,
    connectedAt,
    requestTimeEpoch: now.getTime(),
    identity: { sourceIp, userAgent },
    requestId: shortId(),
    domainName,
    connectionId,
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
  const query = urlOf(request).searchParams;
  const names = [...new Set(query.keys())];
  if (names.length === 0) return { headers, multiValueHeaders };
  return {
    headers,
    multiValueHeaders,
    queryStringParameters: Object.fromEntries(names.map((name) => [name, query.getAll(name).at(-1)])),
    multiValueQueryStringParameters: Object.fromEntries(names.map((name) => [name, query.getAll(name)])),
  };
};
