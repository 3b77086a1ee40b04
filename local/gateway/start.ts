// Starts the simulator: one server on the loopback address that speaks the Core API of Midtrans (docs: reference of the protocol, midtrans.md).
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { HttpStatuses } from './answer.ts';
import { createBook } from './book.ts';
import { answerBrowser } from './browser.ts';
import { routeOf } from './call.ts';
import { answerCalls } from './calls.ts';
import { cardTokens } from './cards.ts';
import { chances as chancesOf } from './chance.ts';
import { type Clock, createClock } from './clock.ts';
import { type Control, createControl } from './control.ts';
import { answerControl } from './control-api.ts';
import type { FaultRule } from './fault.schema.ts';
import { faultScript } from './faults.ts';
import { createGateway } from './gateway.ts';
import { frameworkError, json, notFoundPage, segmentsOf, write } from './http.ts';
import { idempotency } from './idempotency.ts';
import { openJournal } from './journal.ts';
import type { Method } from './methods.ts';
import { createNotifier } from './notifier.ts';
import { resume } from './resume.ts';
import { GAPS } from './retries.ts';
import { createSender } from './sender.ts';

const LOOPBACK = '127.0.0.1';
/** The gateway waits this long for our answer (§6); real time, whatever the scale. */
const DELIVERY_TIMEOUT_MS = 15_000;

export type MidtransOptions = {
  /** Any free port when absent. */
  readonly port?: number;
  readonly serverKey: string;
  readonly clientKey?: string;
  readonly merchantId: string;
  /** The dashboard's payment notification URL, or several separated by commas. */
  readonly notificationUrl: string;
  /** Gateway seconds in a real second; 0 = the clock stands still until `control.advance`. Default 1. */
  readonly scale?: number;
  readonly clock?: Clock;
  /** The same seed gives the same ids, numbers, jitter and chosen orders. Default 1. */
  readonly seed?: number | string;
  readonly faults?: readonly FaultRule[];
  readonly inactive?: readonly Method[];
  readonly httpStatuses?: HttpStatuses;
  /** Minutes from a failed attempt to the next; see GAPS and FLAT_GAPS. */
  readonly retryGaps?: readonly number[];
  readonly deliveryTimeoutMs?: number;
  /** Where transactions and deliveries are kept over a restart; without it they live as long as the process. */
  readonly journalFile?: string;
};

export type Midtrans = { readonly url: string; readonly control: Control; readonly stop: () => Promise<void> };

export const startMidtrans = async (options: MidtransOptions): Promise<Midtrans> => {
  const { serverKey, merchantId, seed = 1 } = options;
  if (serverKey === '') throw new Error('the simulator needs a server key');
  const journal = openJournal(options.journalFile);
  const clock =
    options.clock ?? createClock({ start: Math.max(Date.now(), journal.latest), scale: options.scale ?? 1 });
  const chances = chancesOf(seed);
  const faults = faultScript(options.faults ?? [], chances);
  const sender = createSender(options.deliveryTimeoutMs ?? DELIVERY_TIMEOUT_MS);
  const notifier = createNotifier({
    clock,
    chances,
    faults,
    sender,
    serverKey,
    gaps: options.retryGaps ?? GAPS,
    write: journal.write,
  });
  const merchant = {
    merchantId,
    serverKey,
    clientKey: options.clientKey ?? serverKey.replace('server', 'client'),
    destinations: options.notificationUrl.split(',').map((url) => url.trim()),
    inactive: options.inactive ?? [],
    balance: Number.POSITIVE_INFINITY,
    refundKeys: new Map(),
  };
  const book = createBook({ clock, chances, notifier, write: journal.write });
  let url = '';
  const office = { merchant, book, tokens: cardTokens(chances('tokens'), clock.now), clock, chances, url: () => url };
  const control = createControl({ office, notifier, faults });
  const answerCall = answerCalls({
    gateway: createGateway({ office, faults, notifier }),
    faults,
    idempotency: idempotency(clock.now),
    notifier,
    serverKey,
    statuses: options.httpStatuses ?? 'documented',
    chance: chances('answers'),
  });

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const segments = segmentsOf(request);
    if (!segments) return write(response, notFoundPage());
    if (segments[0] === '_sim') return write(response, await answerControl(request, segments.slice(1), control));
    const page = answerBrowser(request, segments, { office, control });
    if (page) return write(response, page);
    const route = routeOf(segments);
    if (route === 'malformed') return write(response, notFoundPage());
    if (!route) return write(response, frameworkError(404, request.url ?? ''));
    return answerCall(request, response, route);
  };

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (!response.headersSent)
        write(response, json(500, { status_code: '500', status_message: `simulator: ${String(error)}` }));
    });
  });
  server.listen(options.port ?? 0, LOOPBACK);
  await new Promise<void>((resolve, reject) => server.once('listening', resolve).once('error', reject));
  const address = server.address();
  url = `http://${LOOPBACK}:${typeof address === 'object' ? address?.port : ''}`;

  resume({ journal, book, notifier, merchant });

  return {
    url,
    control,
    stop: async () => {
      clock.stop();
      sender.stop();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
};
