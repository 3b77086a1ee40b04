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
  connection: Connection,
  { id: apiId, stage }: Api,
  { routeKey, eventType }: Occasion,
) => {
  const { id: connectionId, connectedAt, sourceIp, userAgent, domainName, authorizer } = connection;
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

type Pairs = readonly (readonly [name: string, value: string])[];

const listsOf = (pairs: Pairs): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    [...Map.groupBy(pairs, ([name]) => name)].map(([name, all]) => [name, all.map(([, value]) => value)]),
  );

/** Headers and query of the handshake: the last value of each name, and all of them. */
export const handshakeParts = (request: IncomingMessage) => {
  const { rawHeaders } = request;
  const headers: Pairs = rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [[name, rawHeaders[i + 1] ?? '']] : []));
  const query: Pairs = [...urlOf(request).searchParams];
  return {
    headers: Object.fromEntries(headers),
    multiValueHeaders: listsOf(headers),
    ...(query.length > 0 && {
      queryStringParameters: Object.fromEntries(query),
      multiValueQueryStringParameters: listsOf(query),
    }),
  };
};
