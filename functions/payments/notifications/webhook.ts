/** The gateway's webhook: examine, queue, answer. One queue call, no other; never 500, which is repeated only once. */
import type { LambdaFunctionURLEvent, LambdaFunctionURLResult } from 'aws-lambda';
import { log } from '../../kernel/log.ts';
import type { MessageOf } from '../../platform/message.ts';
import type { Keys } from '../../platform/secret-keys.ts';
import type { keptMessage } from './kept.message.ts';
import { examine } from './notification.ts';

/** What is queued. Only its type is used here: the schema library stays out of this bundle. */
export type Kept = MessageOf<typeof keptMessage>;
type WebhookDeps = {
  readonly keys: Keys;
  /** @throws when the queue did not take it */
  readonly keep: (kept: Kept) => Promise<void>;
  readonly now: () => number;
};
type Result = Exclude<LambdaFunctionURLResult, string>;

const path = '/midtrans/notifications';

const answer = (statusCode: number, body: object, headers: Readonly<Record<string, string>> = {}): Result => ({
  statusCode,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
  body: JSON.stringify(body),
});

const bodyOf = ({ body = '', isBase64Encoded }: LambdaFunctionURLEvent): string =>
  isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body;

/** Ids in the log without characters that a forger could use to imitate another line. */
const readable = (id: string): string => id.replace(/[^\w.~-]/g, '?').slice(0, 50);

export const webhook =
  (deps: WebhookDeps) =>
  async (event: LambdaFunctionURLEvent): Promise<Result> => {
    const { method, sourceIp: sender } = event.requestContext.http;
    if (event.rawPath.replace(/\/$/, '') !== path) return answer(404, { code: 'NOT_FOUND' });
    if (method === 'GET' || method === 'HEAD') return answer(200, { status: 'ok' });
    if (method !== 'POST') return answer(405, { code: 'METHOD_NOT_ALLOWED' }, { allow: 'GET, HEAD, POST' });
    try {
      return await receive(deps, bodyOf(event), sender);
    } catch (error) {
      log.error('Notification could not be kept', error, { outcome: 'unavailable' }, { WebhookUnavailable: 1 });
      return answer(503, { code: 'TRY_AGAIN' }, { 'retry-after': '60' });
    }
  };

const receive = async ({ keys, keep, now }: WebhookDeps, body: string, sender: string): Promise<Result> => {
  const receivedAt = now();
  const examined = examine(body, await keys());
  switch (examined.verdict) {
    case 'malformed': {
      const fields = examined.faults.map(({ field }) => field).join(' ');
      const line = { outcome: 'refused', effect: 'reject_malformed', sender, fields, bytes: body.length };
      log.warn('Notification refused', line, { WebhookMalformed: 1 });
      return answer(400, { code: 'MALFORMED', errors: examined.faults });
    }
    case 'forged': {
      const gatewayOrderId = readable(examined.orderId);
      const line = { outcome: 'refused', effect: 'reject_signature', sender, gatewayOrderId };
      log.warn('Notification refused', line, { WebhookForged: 1 });
      return answer(401, { code: 'BAD_SIGNATURE' });
    }
    case 'genuine': {
      await keep({ body, receivedAt, sender });
      const { orderId, status } = examined;
      const line = { outcome: 'happened', gatewayOrderId: readable(orderId), status: readable(status) };
      log.info('Notification kept', line, { WebhookKept: 1, WebhookLatency: now() - receivedAt });
      return answer(200, { status: 'kept' });
    }
  }
};
