/** Answers the calls of the gateway's API: idempotency, faults of the transport, notifications after the answer. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Json } from '../json.ts';
import { html, json, type Reply } from '../server/http.ts';
import { type Call, type Route, readCall } from './call.ts';
import type { Context } from './context.ts';
import { errorBody, type HttpStatuses, httpStatus, Refused } from './errors.ts';
import type { CallFault } from './fault.schema.ts';
import { createGateway } from './gateway.ts';
import { frameworkError, notFoundPage, redirect } from './http.ts';
import type { Instant, Transaction } from './transaction.ts';
import { minute } from './wib.ts';

type Answer = { readonly http: number; readonly body: Json };
type Silence = Extract<CallFault, { done: boolean }>;
const isSilence = (fault: CallFault): fault is Silence => 'done' in fault;

const busy = 'Server is busy, please try again later';
const busyPage = `<!doctype html><html><head><title>Busy</title></head><body><h1>${busy}</h1></body></html>`;

const busyReplies: Readonly<Record<Extract<CallFault, { kind: 'busy' }>['as'], Reply>> = {
  json: json(200, { status_message: busy }),
  text: { status: 200, content: busy, headers: { 'content-type': 'text/plain' } },
  html: html(200, busyPage),
  '5xx': json(503, { status_code: '503', status_message: busy }),
  'html-5xx': html(502, busyPage),
  truncated: { ...json(200, {}), content: '{"status_code":"200","transaction_status":"settle' },
  empty: { ...json(200, {}), content: '' },
  null: json(200, null),
};

/** Leaves the caller without an answer, or with a meaningless one. */
const keepSilent = (response: ServerResponse, fault: Silence): Reply | undefined => {
  if (fault.kind === 'drop') response.destroy();
  return fault.kind === 'busy' ? busyReplies[fault.as] : undefined;
};

const running = (body: 'empty' | 'json' = 'empty'): Reply =>
  body === 'empty' ? { status: 202, content: '' } : json(202, { status_message: 'Request is being processed' });

/** An answer whose fields the fault script changes; null leaves one out. */
const withFaults = ({ http, body }: Answer, given: readonly CallFault[]): Answer => {
  const others: Json = Object.assign({}, ...given.map((fault) => (fault.kind === 'fields' ? fault.fields : {})));
  const fields = Object.entries({ ...body, ...others });
  return { http, body: Object.fromEntries(fields.filter(([name]) => others[name] !== null)) };
};

const slowness = async (given: readonly CallFault[], when: 'before' | 'after'): Promise<void> => {
  for (const fault of given)
    if (fault.kind === 'slow' && (fault.when ?? 'after') === when) await pause(fault.ms, undefined, { ref: false });
};

const longestKey = 46;
const keyLifetime = 5 * minute;
const rememberedCodes: readonly unknown[] = ['200', '201', '407'];

/** Idempotency-Key: only successful answers are remembered, for five minutes, whatever the body (midtrans.md §1.4). */
export const idempotency = (now: () => Instant) => {
  const entries = new Map<string, { readonly answer?: Answer | undefined; readonly until: Instant }>();
  /** Runs the work, or gives the answer it had before, or reports that it is running. */
  return async (key: string | undefined, work: () => Promise<Answer>): Promise<Answer | 'running'> => {
    if (key === undefined || key === '' || key.length > longestKey) return work();
    const known = entries.get(key);
    if (known && known.until > now()) return known.answer ?? 'running';
    entries.set(key, { until: Number.POSITIVE_INFINITY });
    let answer: Answer | undefined;
    try {
      answer = await work();
      return answer;
    } finally {
      if (rememberedCodes.includes(answer?.body.status_code)) entries.set(key, { answer, until: now() + keyLifetime });
      else entries.delete(key);
    }
  };
};

export const answerCalls = (context: Context, statuses: HttpStatuses) => {
  const { faults, notifier, merchant, clock } = context;
  const gateway = createGateway(context);
  const idOfError = context.chances('answers').uuid;
  const once = idempotency(clock.now);

  const refusalOf = (error: unknown): Answer => {
    if (!(error instanceof Refused)) throw error;
    return { http: httpStatus(error.code, statuses), body: errorBody(error, idOfError()) };
  };

  /** The fault script's answer when nothing is done; undefined when the work is to be done. */
  const replyInstead = (fault: CallFault | undefined): Reply | Silence | undefined => {
    if (fault?.kind === '202') return running(fault.body);
    if (fault?.kind === 'redirect') return redirect(302, fault.to);
    if (fault?.kind === 'refuse') {
      const { http, body } = refusalOf(new Refused(fault.code));
      return json(fault.http ?? http, body);
    }
    return fault && isSilence(fault) && !fault.done ? fault : undefined;
  };

  const work = async (call: Call, given: readonly CallFault[], notify: (changed: Transaction) => void) => {
    await slowness(given, 'before');
    const answer = await gateway.perform(call, given).then((outcome): Answer => {
      if (outcome.notify) notify(outcome.notify);
      return { http: httpStatus(String(outcome.body.status_code), statuses), body: outcome.body };
    }, refusalOf);
    await slowness(given, 'after');
    return withFaults(answer, given);
  };

  const answer = async (call: Call, response: ServerResponse): Promise<Reply | undefined> => {
    const given = faults.ofCall(call.operation, gateway.subjectOf(call));
    const instead = given.map(replyInstead).find((reply) => reply !== undefined);
    if (instead) return 'kind' in instead ? keepSilent(response, instead) : instead;
    const changes: Transaction[] = [];
    const key = gateway.honoursKey(call) ? call.idempotencyKey : undefined;
    const done = await once(key, () => work(call, given, (transaction) => changes.push(transaction)));
    const silence = given.find(isSilence);
    const isOut =
      silence?.kind === 'timeout' || response.destroyed
        ? undefined
        : new Promise((resolve) => response.once('close', resolve));
    for (const transaction of changes) void notifier.notify(transaction, { after: isOut });
    if (silence) return keepSilent(response, silence);
    if (done === 'running') return running();
    // midtrans-php#11: approving what does not exist is answered with a page.
    const isReview = call.operation === 'approve' || call.operation === 'deny';
    return isReview && done.body.status_code === '404' ? notFoundPage() : json(done.http, done.body);
  };

  return async (request: IncomingMessage, response: ServerResponse, route: Route): Promise<Reply | undefined> => {
    try {
      const call = await readCall(request, route, merchant.serverKey);
      return call === 'not-json' ? frameworkError(415, request.url ?? '') : await answer(call, response);
    } catch (error) {
      const { http, body } = refusalOf(error);
      return json(http, body);
    }
  };
};
