/** Simulates Firebase Cloud Messaging: grants access tokens, and validates and keeps messages. */
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { exportPKCS8, generateKeyPair, jwtVerify } from 'jose';
import * as z from 'zod/mini';
import { json, serve } from '../server/http.ts';

const string = z.string();
const strings = z.record(string, string);
/** The fields this project sends; FCM answers an unknown field with 400. */
const sendRequest = z.strictObject({
  message: z.strictObject({
    token: string,
    data: z.optional(strings),
    notification: z.optional(z.strictObject({ title: string, body: string })),
    android: z.optional(
      z.strictObject({
        priority: z.enum(['NORMAL', 'HIGH']),
        collapse_key: string,
        ttl: string.check(z.regex(/^\d+(\.\d{1,9})?s$/)),
        notification: z.strictObject({ tag: string }),
      }),
    ),
    apns: z.optional(z.strictObject({ headers: strings })),
    webpush: z.optional(z.strictObject({ notification: z.strictObject({ tag: string }) })),
  }),
});
type FcmMessage = z.infer<typeof sendRequest>['message'];

/** What the service does with messages for a device; every device is reachable unless set otherwise. */
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

type Answer = { readonly status: number; readonly body: object };
const problem = (status: number, word: string, errorCode: string, message: string): Answer => {
  const details = [{ '@type': 'type.googleapis.com/google.firebase.fcm.v1.FcmError', errorCode }];
  return { status, body: { error: { code: status, message, status: word, details } } };
};

/** The token service. @param now the clock for the time of assertions */
const tokenService = async (now: () => number) => {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  const valid = new Set<string>();
  let granted = 0;
  const grant = async (form: string, audience: string): Promise<Answer> => {
    const { grant_type, assertion = '' } = Object.fromEntries(new URLSearchParams(form));
    if (grant_type !== 'urn:ietf:params:oauth:grant-type:jwt-bearer')
      return { status: 400, body: { error: 'unsupported_grant_type' } };
    try {
      const currentDate = new Date(now());
      const { payload } = await jwtVerify(assertion, publicKey, { issuer: account, audience, currentDate });
      if (payload.scope !== scope) return { status: 400, body: { error: 'invalid_scope' } };
    } catch (error) {
      return { status: 400, body: { error: 'invalid_grant', error_description: String(error) } };
    }
    granted += 1;
    const access_token = `access-${granted}`;
    valid.add(access_token);
    return { status: 200, body: { access_token, expires_in: 3_600, token_type: 'Bearer' } };
  };
  return { grant, valid, granted: () => granted, privateKey: await exportPKCS8(privateKey) };
};

/** The devices and what was sent to them. */
const devices = () => {
  const sent: FcmMessage[] = [];
  const behaviours = new Map<string, Behaviour>();
  /** @returns nothing when the service does not answer */
  const send = (body: string): Answer | undefined => {
    const { data, error } = z.safeParse(sendRequest, JSON.parse(body));
    if (!data) return problem(400, 'INVALID_ARGUMENT', 'INVALID_ARGUMENT', error.message);
    const behaviour = behaviours.get(data.message.token) ?? 'reachable';
    if (behaviour === 'silent') return undefined;
    if (behaviour !== 'reachable') return problem(...refusals[behaviour], `the device is ${behaviour}`);
    sent.push(data.message);
    return { status: 200, body: { name: `projects/${project}/messages/${sent.length}` } };
  };
  return { sent, behaviours, send };
};

/** @param options `now`: the clock for the time of assertions */
export const startFcm = async ({ now = Date.now } = {}) => {
  const { grant, valid, granted, privateKey } = await tokenService(now);
  const { sent, behaviours, send } = devices();
  const answerTo = async ({ url: path, headers }: IncomingMessage, body: string): Promise<Answer | undefined> => {
    if (path === '/token') return grant(body, `${url}/token`);
    if (path !== `/v1/projects/${project}/messages:send`)
      return problem(404, 'NOT_FOUND', 'UNSPECIFIED_ERROR', `unknown path ${path}`);
    return valid.has((headers.authorization ?? '').replace(/^Bearer /, ''))
      ? send(body)
      : problem(401, 'UNAUTHENTICATED', 'THIRD_PARTY_AUTH_ERROR', 'Request had invalid authentication credentials.');
  };
  const { url, stop } = await serve(async (request) => {
    const answer = await answerTo(request, await text(request));
    return answer && json(answer.status, answer.body);
  }, 0);

  return {
    /** For FCM_ENDPOINT. */
    url,
    /** For FCM_CREDENTIALS. */
    credentials: JSON.stringify({
      type: 'service_account',
      project_id: project,
      client_email: account,
      private_key: privateKey,
      token_uri: `${url}/token`,
    }),
    /** The accepted messages, oldest first. */
    sent: sent as readonly FcmMessage[],
    tokensGranted: granted,
    behave: (device: string, behaviour: Behaviour) => void behaviours.set(device, behaviour),
    /** Every token granted so far is refused from now on. */
    revoke: () => valid.clear(),
    stop,
  };
};
