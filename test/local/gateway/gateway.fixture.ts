/** A running simulator, and a merchant that receives its notifications and gives the answers of a test. */
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { afterEach, beforeEach, expect } from 'vitest';
import { createClock } from '../../../local/gateway/clock.ts';
import type { Control } from '../../../local/gateway/control.ts';
import { type MidtransOptions, startMidtrans } from '../../../local/gateway/start.ts';

export const serverKey = 'SB-Mid-server-DOCEXAMPLE1';
/** base64 of the key and a colon, as the reference gives it (§1.2). */
export const authorization = 'Basic U0ItTWlkLXNlcnZlci1ET0NFWEFNUExFMTo=';
export const merchantId = 'G700000001';

// biome-ignore lint/suspicious/noExplicitAny: tests read answers field by field
export type Body = any;

export type Received = {
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
  readonly path: string;
  readonly method: string;
};
export type Given = number | 'hang' | { readonly status: number; readonly location: string };

export type Merchant = {
  readonly url: string;
  readonly received: Received[];
  /** The answers to give next; 200 when none is left. */
  readonly answers: Given[];
  readonly bodies: () => Body[];
  readonly statuses: () => string[];
  readonly stop: () => Promise<void>;
};

const listen = async (server: Server): Promise<string> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
};

export const startMerchant = async (): Promise<Merchant> => {
  const received: Received[] = [];
  const answers: Given[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    received.push({ body, headers: request.headers, path: request.url ?? '', method: request.method ?? '' });
    const given = answers.shift() ?? 200;
    if (given === 'hang') return;
    if (typeof given === 'number') response.writeHead(given).end('any body');
    else response.writeHead(given.status, { location: given.location }).end();
  });
  const url = await listen(server);
  const bodies = (): Body[] => received.map(({ body }) => JSON.parse(body));
  return {
    url: `${url}/midtrans/notifications`,
    received,
    answers,
    bodies,
    statuses: () => bodies().map(({ transaction_status }) => transaction_status),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

export type Reply = { readonly http: number; readonly body: Body; readonly text: string; readonly headers: Headers };

export type Running = {
  readonly url: string;
  readonly control: Control;
  readonly merchant: Merchant;
  readonly call: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Reply>;
  readonly charge: (body: object, headers?: Record<string, string>) => Promise<Reply>;
  /** Waits for the notifications on their way and gives their bodies. */
  readonly notified: () => Promise<Body[]>;
  readonly stop: () => Promise<void>;
};

const parsed = (text: string): Body => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Its clock is halted unless `scale` or `clock` is given. */
export const startGateway = async (options: Partial<MidtransOptions> = {}): Promise<Running> => {
  const merchant = await startMerchant();
  const { url, control, stop } = await startMidtrans({
    serverKey,
    merchantId,
    notificationUrl: merchant.url,
    scale: 0,
    ...options,
  });
  const call: Running['call'] = async (method, path, body, headers = {}) => {
    const response = await fetch(`${url}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        authorization,
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { http: response.status, text, body: parsed(text), headers: response.headers };
  };
  return {
    url,
    control,
    merchant,
    call,
    charge: (body, headers) => call('POST', '/v2/charge', body, headers),
    notified: async () => {
      await control.idle();
      return merchant.bodies();
    },
    stop: async () => {
      await stop();
      await merchant.stop();
    },
  };
};

let orders = 7_000;
export const nextOrder = (): string => {
  orders += 1;
  return `INV-${orders}`;
};

/** Bodies of charges, as §2.2 gives them. */
export const charges = {
  va: (bank: string, orderId: string, amount = 120_000, extra: object = {}) => ({
    payment_type: 'bank_transfer',
    transaction_details: { order_id: orderId, gross_amount: amount },
    bank_transfer: { bank, ...extra },
  }),
  mandiri: (orderId: string, amount = 120_000) => ({
    payment_type: 'echannel',
    transaction_details: { order_id: orderId, gross_amount: amount },
    echannel: { bill_info1: 'Payment:', bill_info2: 'Online purchase' },
  }),
  qris: (orderId: string, amount = 45_000, acquirer = 'gopay') => ({
    payment_type: 'qris',
    transaction_details: { order_id: orderId, gross_amount: amount },
    qris: { acquirer },
  }),
  gopay: (orderId: string, amount = 88_000) => ({
    payment_type: 'gopay',
    transaction_details: { order_id: orderId, gross_amount: amount },
    gopay: { enable_callback: true, callback_url: 'https://tuntas.example/paid' },
  }),
  card: (orderId: string, tokenId: string, amount = 640_000, extra: object = { authentication: true }) => ({
    payment_type: 'credit_card',
    transaction_details: { order_id: orderId, gross_amount: amount },
    credit_card: { token_id: tokenId, ...extra },
  }),
};

/** One for each test; its clock stands at 18 November 2026, 14:02:11 in Jakarta, until a test moves it. */
export const freshGateway = (): Running => {
  let running: Running;
  beforeEach(async () => {
    running = await startGateway({ clock: createClock({ start: Date.parse('2026-11-18T14:02:11+07:00'), scale: 0 }) });
  });
  afterEach(() => running.stop());
  return {
    get url() {
      return running.url;
    },
    get control() {
      return running.control;
    },
    get merchant() {
      return running.merchant;
    },
    call: (...request) => running.call(...request),
    charge: (...request) => running.charge(...request),
    notified: () => running.notified(),
    stop: () => running.stop(),
  };
};

/** What every transaction that was charged by `freshGateway` shows. */
export const common = {
  transaction_id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/),
  merchant_id: merchantId,
  currency: 'IDR',
  transaction_time: '2026-11-18 14:02:11',
  status_message: expect.any(String),
  fraud_status: 'accept',
};

/** Calls about the order INV-1. */
export const firstOrderAt = (gateway: Running) => {
  const pay = async (request: object, payment: { offUs?: boolean } = {}): Promise<void> => {
    await gateway.charge(request);
    gateway.control.pay('INV-1', payment);
    await gateway.control.idle();
  };
  return {
    post: (operation: string, body?: unknown): Promise<Reply> => gateway.call('POST', `/v2/INV-1/${operation}`, body),
    status: async (id = 'INV-1'): Promise<Body> => (await gateway.call('GET', `/v2/${id}/status`)).body,
    va: (bank = 'bca'): Promise<Reply> => gateway.charge(charges.va(bank, 'INV-1')),
    card: (kind: 'accept' | 'challenge' = 'accept', extra: object = {}): Promise<Reply> =>
      gateway.charge(charges.card('INV-1', gateway.control.cardToken(kind), 640_000, extra)),
    paid: pay,
    paidGopay: (): Promise<void> => pay(charges.gopay('INV-1', 88_000)),
    settledCard: async (): Promise<void> => {
      await gateway.charge(charges.card('INV-1', gateway.control.cardToken('accept'), 640_000, {}));
      gateway.control.settleCards();
      await gateway.control.idle();
    },
  };
};
