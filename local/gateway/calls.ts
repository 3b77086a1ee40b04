// Answers the calls of the gateway's API: idempotency, the faults of the transport, and notifications once the answer is out.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { type Answer, type HttpStatuses, httpStatus, isTrouble, type Trouble, troubleBody } from './answer.ts';
import { type Call, type Route, readCall } from './call.ts';
import type { Chance } from './chance.ts';
import type { CallFault } from './fault.schema.ts';
import type { Faults } from './faults.ts';
import type { Gateway } from './gateway.ts';
import { frameworkError, html, json, notFoundPage, type Reply, redirect, write } from './http.ts';
import type { Idempotency } from './idempotency.ts';
import type { Notifier, Telling } from './notifier.ts';
import type { Transaction } from './transaction.ts';

export type CallsOptions = {
  readonly gateway: Gateway;
  readonly faults: Faults;
  readonly idempotency: Idempotency;
  readonly notifier: Notifier;
  readonly serverKey: string;
  readonly statuses: HttpStatuses;
  /** For the ids of error answers. */
  readonly chance: Chance;
};

export type AnswerCall = (request: IncomingMessage, response: ServerResponse, route: Route) => Promise<void>;

type Silence = Extract<CallFault, { kind: 'busy' | 'timeout' | 'drop' }>;

const isSilence = (fault: CallFault): fault is Silence =>
  fault.kind === 'busy' || fault.kind === 'timeout' || fault.kind === 'drop';

const BUSY = 'Server is busy, please try again later';
const BUSY_PAGE = `<!doctype html><html><head><title>Busy</title></head><body><h1>${BUSY}</h1></body></html>`;

const BUSY_ANSWERS: Readonly<Record<Extract<CallFault, { kind: 'busy' }>['as'], Reply>> = {
  json: json(200, { status_message: BUSY }),
  text: { http: 200, type: 'text/plain', content: BUSY },
  html: html(200, BUSY_PAGE),
  '5xx': json(503, { status_code: '503', status_message: BUSY }),
  'html-5xx': html(502, BUSY_PAGE),
  truncated: { http: 200, type: 'application/json', content: '{"status_code":"200","transaction_status":"settle' },
  empty: { http: 200, type: 'application/json', content: '' },
  null: json(200, null),
};

const keepSilent = (response: ServerResponse, fault: Silence): void => {
  if (fault.kind === 'drop') response.destroy();
  if (fault.kind === 'busy') write(response, BUSY_ANSWERS[fault.as]);
};

const running = (body: 'empty' | 'json' = 'empty'): Reply =>
  body === 'empty' ? { http: 202, content: '' } : json(202, { status_message: 'Request is being processed' });

/** An answer whose fields the fault script changes. */
const changed = (answer: Answer, given: readonly CallFault[]): Answer => {
  const others = given.flatMap((fault) => (fault.kind === 'fields' ? Object.entries(fault.fields) : []));
  const fields = [...Object.entries(answer.body), ...others];
  return {
    ...answer,
    body: Object.fromEntries(
      fields.filter(([name]) => !others.some(([other, value]) => other === name && value === null)),
    ),
  };
};

const replyOf = ({ http, body }: Answer): Reply => json(http, body);

export const answerCalls = ({
  gateway,
  faults,
  idempotency,
  notifier,
  serverKey,
  statuses,
  chance,
}: CallsOptions): AnswerCall => {
  const answerOf = (trouble: Trouble, http?: number): Answer => ({
    http: http ?? httpStatus(trouble.code, statuses),
    body: troubleBody(trouble, chance.uuid()),
  });

  /** Nothing is done: the answer comes from the fault script alone. */
  const instead = (response: ServerResponse, given: readonly CallFault[]): boolean => {
    const fault = given.find(
      (one) => ['202', 'redirect', 'refuse'].includes(one.kind) || (isSilence(one) && !one.done),
    );
    if (fault?.kind === '202') write(response, running(fault.body));
    else if (fault?.kind === 'redirect') write(response, redirect(302, fault.to));
    else if (fault?.kind === 'refuse') write(response, replyOf(answerOf({ code: fault.code }, fault.http)));
    else if (fault && isSilence(fault)) keepSilent(response, fault);
    return fault !== undefined;
  };

  const slowness = async (given: readonly CallFault[], when: 'before' | 'after'): Promise<void> => {
    for (const fault of given)
      if (fault.kind === 'slow' && (fault.when ?? 'after') === when) await pause(fault.ms, undefined, { ref: false });
  };

  const work = async (
    call: Call,
    given: readonly CallFault[],
    tell: (transaction: Transaction) => void,
  ): Promise<Answer> => {
    await slowness(given, 'before');
    const done = await gateway.perform(call, given);
    if (!isTrouble(done) && done.tell) tell(done.tell);
    const answer = isTrouble(done)
      ? answerOf(done)
      : { http: httpStatus(String(done.body.status_code), statuses), body: done.body };
    await slowness(given, 'after');
    return changed(answer, given);
  };

  return async (request, response, route) => {
    const call = await readCall(request, route, serverKey);
    if (call === '415') return write(response, frameworkError(415, request.url ?? ''));
    if (isTrouble(call)) return write(response, replyOf(answerOf(call)));
    const given = faults.ofCall(call.operation, gateway.subjectOf(call));
    if (instead(response, given)) return;
    const news: Transaction[] = [];
    const key = gateway.honoursKey(call) ? call.idempotencyKey : undefined;
    const answer = await idempotency.once(key, () => work(call, given, (transaction) => news.push(transaction)));
    const silence = given.find(isSilence);
    const unanswered = silence?.kind === 'timeout' || response.destroyed;
    const telling: Telling = unanswered ? {} : { after: new Promise((resolve) => response.once('close', resolve)) };
    for (const transaction of news) void notifier.tell(transaction, telling);
    if (silence?.kind === 'timeout') return;
    if (silence) return keepSilent(response, silence);
    if (answer === 'running') return write(response, running());
    // midtrans-php#11: approving what is not there answers with a page.
    const reviewOfNothing =
      (call.operation === 'approve' || call.operation === 'deny') && answer.body.status_code === '404';
    write(response, reviewOfNothing ? notFoundPage() : replyOf(answer));
  };
};
