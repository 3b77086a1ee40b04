/** Stands in for Firebase Cloud Messaging: sells access tokens, takes messages as strictly as FCM does, and remembers what it got. */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportPKCS8, generateKeyPair, jwtVerify } from 'jose';
import * as z from 'zod/mini';

const text = z.string();
const texts = z.record(text, text);
/** What this project sends; FCM answers an unknown field with 400. */
const sendRequest = z.strictObject({
  message: z.strictObject({
    token: text,
    data: z.optional(texts),
    notification: z.optional(z.strictObject({ title: text, body: text })),
    android: z.optional(
      z.strictObject({
        priority: z.enum(['NORMAL', 'HIGH']),
        collapse_key: text,
        ttl: text.check(z.regex(/^\d+(\.\d{1,9})?s$/)),
        notification: z.strictObject({ tag: text }),
      }),
    ),
    apns: z.optional(z.strictObject({ headers: texts })),
    webpush: z.optional(z.strictObject({ notification: z.strictObject({ tag: text }) })),
  }),
});
export type FcmMessage = z.infer<typeof sendRequest>['message'];

/** What the service does with messages for a device; every device is reachable unless told otherwise. */
export type Behaviour = 'reachable' | 'unregistered' | 'malformed' | 'busy' | 'down' | 'silent' | 'wrong-sender';

const refusals: Readonly<
  Record<Exclude<Behaviour, 'reachable' | 'silent'>, readonly [status: number, word: string, code: string]>
> = {
  unregistered: [404, 'NOT_FOUND', 'UNREGISTERED'],
  malformed: [400, 'INVALID_ARGUMENT', 'INVALID_ARGUMENT'],
  busy: [429, 'RESOURCE_EXHAUSTED', 'QUOTA_EXCEEDED'],
  down: [503, 'UNAVAILABLE', 'UNAVAILABLE'],
  'wrong-sender': [403, 'PERMISSION_DENIED', 'SENDER_ID_MISMATCH'],
};

const project = 'tuntas-local';
const account = `push@${project}.iam.gserviceaccount.com`;
const scope = 'https://www.googleapis.com/auth/firebase.messaging';

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
};

type Answer = { readonly status: number; readonly body: object };
const refuse = (status: number, word: string, code: string, message: string): Answer => ({
  status,
  body: {
    error: {
      code: status,
      message,
      status: word,
      details: [{ '@type': 'type.googleapis.com/google.firebase.fcm.v1.FcmError', errorCode: code }],
    },
  },
});

/** @param options `tokenLifetime`: seconds an access token is good for; `now`: the clock assertions are judged by */
export const startFcm = async ({ port = 0, tokenLifetime = 3_600, now = Date.now } = {}) => {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  const sent: FcmMessage[] = [];
  const behaviours = new Map<string, Behaviour>();
  const valid = new Set<string>();
  let tokensSold = 0;

  const sell = async (form: string): Promise<Answer> => {
    const { grant_type, assertion = '' } = Object.fromEntries(new URLSearchParams(form));
    if (grant_type !== 'urn:ietf:params:oauth:grant-type:jwt-bearer')
      return { status: 400, body: { error: 'unsupported_grant_type' } };
    try {
      const { payload } = await jwtVerify(assertion, publicKey, {
        issuer: account,
        audience: `${url}/token`,
        currentDate: new Date(now()),
      });
      if (payload.scope !== scope) return { status: 400, body: { error: 'invalid_scope' } };
    } catch (error) {
      return { status: 400, body: { error: 'invalid_grant', error_description: String(error) } };
    }
    tokensSold += 1;
    const access_token = `access-${tokensSold}`;
    valid.add(access_token);
    return { status: 200, body: { access_token, expires_in: tokenLifetime, token_type: 'Bearer' } };
  };

  const take = (authorization: string, json: string): Answer | undefined => {
    if (!valid.has(authorization.replace(/^Bearer /, '')))
      return refuse(
        401,
        'UNAUTHENTICATED',
        'THIRD_PARTY_AUTH_ERROR',
        'Request had invalid authentication credentials.',
      );
    const { data, error } = z.safeParse(sendRequest, JSON.parse(json));
    if (!data) return refuse(400, 'INVALID_ARGUMENT', 'INVALID_ARGUMENT', error.message);
    const behaviour = behaviours.get(data.message.token) ?? 'reachable';
    if (behaviour === 'silent') return undefined;
    if (behaviour !== 'reachable') return refuse(...refusals[behaviour], `the device is ${behaviour}`);
    sent.push(data.message);
    return { status: 200, body: { name: `projects/${project}/messages/${sent.length}` } };
  };

  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    const answer =
      request.url === '/token'
        ? await sell(body)
        : request.url === `/v1/projects/${project}/messages:send`
          ? take(request.headers.authorization ?? '', body)
          : refuse(404, 'NOT_FOUND', 'UNSPECIFIED_ERROR', `there is nothing at ${request.url}`);
    if (answer)
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    /** For FCM_ENDPOINT. */
    url,
    /** For FCM_CREDENTIALS. */
    credentials: JSON.stringify({
      type: 'service_account',
      project_id: project,
      client_email: account,
      private_key: await exportPKCS8(privateKey),
      token_uri: `${url}/token`,
    }),
    /** Messages taken, oldest first. */
    sent: sent as readonly FcmMessage[],
    tokensSold: () => tokensSold,
    behave: (device: string, behaviour: Behaviour) => void behaviours.set(device, behaviour),
    /** Every token sold so far is refused from now on. */
    revoke: () => valid.clear(),
    stop: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
};
