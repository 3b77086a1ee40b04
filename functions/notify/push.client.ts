/** Sends a notification to one device through Firebase Cloud Messaging (HTTP v1): Android, iOS and browsers. */
import * as z from 'zod/mini';
import { Invalid, Unavailable } from '../kernel/errors.ts';
import type { BasePorts } from '../platform/ports.ts';
import type { Notification } from './notification.ts';
import type { AccessTokens } from './push.credentials.ts';
import { pushTextFor } from './push.texts.ts';

/** `gone`: the app was removed from the device, or has a new push token. */
export type Pushed = 'sent' | 'gone' | 'no-push-service';
/** @throws {Unavailable} when it can be retried; {Invalid} when it can never be sent */
export type SendPush = (pushToken: string, notification: Notification, at: number) => Promise<Pushed>;

const endpoint = 'https://fcm.googleapis.com';
const timeoutMs = 3_000;
/** A notice is shown for this long, an offer until it ends. */
const noticeLifetimeMs = 3_600_000;

/** https://firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode */
const failure = z.object({
  error: z.object({
    status: z.optional(z.string()),
    message: z.optional(z.string()),
    details: z.optional(z.array(z.looseObject({ errorCode: z.optional(z.string()) }))),
  }),
});

export const endOf = ({ expiresAt }: Notification, at: number): number =>
  typeof expiresAt === 'string' ? Date.parse(expiresAt) : at + noticeLifetimeMs;

/** The id is collapse key and tag, so that a second copy replaces the first on the phone. */
export const messageOf = (token: string, notification: Notification, at: number) => {
  const { id, type } = notification;
  const end = endOf(notification, at);
  return {
    message: {
      token,
      data: { id, type, notification: JSON.stringify(notification) },
      notification: pushTextFor(type),
      android: {
        priority: 'HIGH',
        collapse_key: id,
        ttl: `${Math.max(0, Math.ceil((end - at) / 1000))}s`,
        notification: { tag: id },
      },
      apns: {
        headers: { 'apns-priority': '10', 'apns-collapse-id': id, 'apns-expiration': String(Math.ceil(end / 1000)) },
      },
      webpush: { notification: { tag: id } },
    },
  };
};

const reasonOf = (text: string): { readonly code: string; readonly message: string } | undefined => {
  try {
    const { data } = z.safeParse(failure, JSON.parse(text));
    if (!data) return undefined;
    const { status = '', message = '', details = [] } = data.error;
    return { code: details.find(({ errorCode }) => errorCode)?.errorCode ?? status, message };
  } catch {
    return undefined;
  }
};

const outcomeOf = (status: number, text: string, { forget }: AccessTokens): Pushed => {
  const reason = reasonOf(text);
  const description = `the push service answered ${status}${reason ? ` ${reason.code}: ${reason.message}` : ''}`;
  if (status === 404 && (reason?.code === 'UNREGISTERED' || reason?.code === 'NOT_FOUND')) return 'gone';
  if (status === 400 && reason) throw new Invalid(description);
  // 401 and 403 concern our own account, not the message.
  if (status === 401 || status === 403) forget();
  throw new Unavailable(description);
};

/** @param url instead of Google's; a simulator answers there on one machine */
export const fcm =
  ({ http }: Pick<BasePorts, 'http'>, tokens: AccessTokens, url = endpoint): SendPush =>
  async (pushToken, notification, at) => {
    const access = await tokens.get();
    if (!access) return 'no-push-service';
    const { status, text } = await http(`${url}/v1/projects/${access.projectId}/messages:send`, {
      method: 'POST',
      headers: { authorization: `Bearer ${access.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(messageOf(pushToken, notification, at)),
      timeoutMs,
    }).catch((cause: unknown) => {
      throw new Unavailable('the push service does not answer', { cause });
    });
    return status === 200 ? 'sent' : outcomeOf(status, text, tokens);
  };
