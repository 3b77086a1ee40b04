// What a browser asks for: payment pages, QR pictures and card tokens; none of it takes the server key.
import type { IncomingMessage } from 'node:http';
import { MESSAGES } from './answer.ts';
import { type Control, NotPossible } from './control.ts';
import { html, json, notFoundPage, queryOf, type Reply, redirect } from './http.ts';
import type { Office } from './merchant.ts';
import { listPage, paymentPage } from './page.ts';
import { qrPicture } from './qr-code.ts';

export type Desk = { readonly office: Office; readonly control: Control };

const ACTIONS: Readonly<Record<string, (control: Control, id: string) => unknown>> = {
  pay: (control, id) => control.pay(id),
  scan: (control, id) => control.pay(id, { scanned: true }),
  deny: (control, id) => control.deny(id),
};

/** A button was pressed; a page that has gone stale shows how things stand. */
const act = (id: string, action: string, control: Control): Reply => {
  const run = ACTIONS[action];
  if (!run) return notFoundPage();
  try {
    run(control, id);
  } catch (error) {
    if (!(error instanceof NotPossible)) throw error;
  }
  return redirect(303, `/pay/${encodeURIComponent(id)}`);
};

const page = (method: string | undefined, [id, action]: readonly string[], { office, control }: Desk): Reply => {
  if (id === undefined || id === '') return html(200, listPage(control.transactions()));
  const transaction = office.book.ledger.find(id);
  if (!transaction) return notFoundPage();
  return method === 'POST' ? act(id, action ?? 'pay', control) : html(200, paymentPage(transaction));
};

const refusal = (code: '400' | '401'): Reply =>
  json(Number(code), { status_code: code, status_message: MESSAGES[code] });

const token = (query: URLSearchParams, { merchant, tokens }: Office): Reply => {
  if (query.get('client_key') !== merchant.clientKey) return refusal('401');
  const issued = query.get('card_cvv') === '123' ? tokens.issue(query.get('card_number') ?? '') : undefined;
  if (issued === undefined) return refusal('400');
  return json(200, {
    status_code: '200',
    status_message: 'Credit card token is created as Token ID.',
    token_id: issued,
  });
};

const qrCode = (id: string, { book }: Office): Reply => {
  const transaction = book.ledger.find(id);
  if (!transaction || (transaction.method !== 'qris' && transaction.method !== 'gopay')) return notFoundPage();
  return { http: 200, type: 'image/png', content: qrPicture(transaction.transactionId) };
};

/** The reply, if it is a browser's business. */
export const answerBrowser = (request: IncomingMessage, segments: readonly string[], desk: Desk): Reply | undefined => {
  const [first, second, third, fourth] = segments;
  if (first === 'pay') return page(request.method, segments.slice(1), desk);
  if (first === 'v2' && second === 'token' && third === undefined) return token(queryOf(request), desk.office);
  const pictured =
    (first === 'v2' || first === 'v4') && (second === 'qris' || second === 'gopay') && fourth === 'qr-code';
  return pictured ? qrCode(third ?? '', desk.office) : undefined;
};
