/** Starts the simulator: a server on the loopback address that speaks the Core API of Midtrans. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { httpServer, json, listen, type Reply } from '../server/http.ts';
import { answerCalls } from './answer-call.ts';
import { routeOf } from './call.ts';
import { cardTokens } from './cards.ts';
import { chances as chancesOf } from './chance.ts';
import { type Clock, createClock } from './clock.ts';
import type { Context } from './context.ts';
import { createControl } from './control.ts';
import { answerControl } from './control-api.ts';
import type { HttpStatuses } from './errors.ts';
import type { FaultRule } from './fault.schema.ts';
import { faultScript } from './faults.ts';
import { frameworkError, notFoundPage, segmentsOf } from './http.ts';
import { type Journal, openJournal } from './journal.ts';
import type { Method } from './methods.ts';
import { createNotifier } from './notifier.ts';
import { answerBrowser } from './payment-pages.ts';
import { retryGaps } from './retries.ts';
import { createSender } from './sender.ts';
import { createStore } from './store.ts';
import { refundsOf } from './transaction.decider.ts';

/** The gateway waits this long for an answer (§6); real time, whatever the scale. */
const deliveryTimeoutMs = 15_000;

export type MidtransOptions = {
  /** Any free port when absent. */
  readonly port?: number;
  readonly serverKey: string;
  readonly clientKey?: string;
  readonly merchantId: string;
  /** The dashboard's payment notification URL, or several separated by commas. */
  readonly notificationUrl: string;
  /** Gateway seconds in a real second; 0 = the clock is halted until `control.advance`. Default 1. */
  readonly scale?: number;
  readonly clock?: Clock;
  /** The same seed gives the same ids, numbers, jitter and chosen orders. Default 1. */
  readonly seed?: number | string;
  readonly faults?: readonly FaultRule[];
  readonly inactive?: readonly Method[];
  readonly httpStatuses?: HttpStatuses;
  /** Minutes from a failed attempt to the next; `retryGaps` when absent. */
  readonly retryGaps?: readonly number[];
  readonly deliveryTimeoutMs?: number;
  /** Where transactions and deliveries are kept over a restart; without it they live as long as the process. */
  readonly journalFile?: string;
};

export type Midtrans = Awaited<ReturnType<typeof startMidtrans>>;

/** Continues where a killed gateway stopped. Refund keys return with their refunds; Idempotency-Keys are forgotten. */
const resume = (journal: Journal, { store, notifier, merchant }: Context): void => {
  notifier.restore(journal.deliveries);
  for (const transaction of journal.transactions) {
    const { transactionId, state } = transaction;
    store.keep(transaction);
    for (const { key, at, bankConfirmedAt } of refundsOf(state)) {
      merchant.refundKeys.set(key, { since: at, made: true });
      if (bankConfirmedAt === undefined) store.planConfirmation(transaction, key);
    }
    const isNotified = journal.deliveries.some(
      (delivery) => delivery.transactionId === transactionId && delivery.status === state.status,
    );
    if (!isNotified) void notifier.notify(transaction);
  }
};

export const startMidtrans = async (options: MidtransOptions) => {
  const { serverKey, merchantId, seed = 1, scale = 1, port = 0 } = options;
  if (serverKey === '') throw new Error('serverKey must not be empty');
  const journal = openJournal(options.journalFile);
  const { write } = journal;
  const clock = options.clock ?? createClock({ start: Math.max(Date.now(), journal.latest), scale });
  const chances = chancesOf(seed);
  const faults = faultScript(options.faults ?? [], chances);
  const sender = createSender(options.deliveryTimeoutMs ?? deliveryTimeoutMs);
  const gaps = options.retryGaps ?? retryGaps;
  const notifier = createNotifier({ clock, chances, faults, sender, serverKey, gaps, write });
  const context: Context = {
    merchant: {
      merchantId,
      serverKey,
      clientKey: options.clientKey ?? serverKey.replace('server', 'client'),
      destinations: options.notificationUrl.split(',').map((one) => one.trim()),
      inactive: options.inactive ?? [],
      balance: Number.POSITIVE_INFINITY,
      refundKeys: new Map(),
    },
    store: createStore({ clock, chances, notifier, write }),
    notifier,
    faults,
    tokens: cardTokens(chances('tokens'), clock.now),
    clock,
    chances,
    url: () => listening.url,
  };
  const control = createControl(context);
  const answerCall = answerCalls(context, options.httpStatuses ?? 'documented');

  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<Reply | undefined> => {
    const segments = segmentsOf(request);
    if (segments[0] === '_sim') return answerControl(request, segments.slice(1), control);
    const page = answerBrowser(request, segments, context, control);
    if (page) return page;
    const route = routeOf(segments);
    if (route === 'malformed') return notFoundPage();
    return route ? answerCall(request, response, route) : frameworkError(404, request.url ?? '');
  };
  const failed = (error: unknown): Reply =>
    json(500, { status_code: '500', status_message: `simulator: ${String(error)}` });
  const listening = await listen(httpServer(respond, failed), port);
  resume(journal, context);

  return {
    url: listening.url,
    control,
    stop: (): Promise<void> => {
      clock.stop();
      sender.stop();
      return listening.stop();
    },
  };
};
