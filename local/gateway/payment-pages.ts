/** What a browser requests, without the server key: payment pages of the demo, QR pictures, card tokens. */
import type { IncomingMessage } from 'node:http';
import { own } from '../json.ts';
import { html, json, type Reply, urlOf } from '../server/http.ts';
import type { Context } from './context.ts';
import { type Control, NotPossible } from './control.ts';
import { messages } from './errors.ts';
import { rupiah } from './fields.ts';
import { notFoundPage, redirect } from './http.ts';
import { qrPicture } from './qr-code.ts';
import type { Instructions, Transaction } from './transaction.ts';
import { wib } from './wib.ts';

const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => `&${entities[sign]};`);
const entities: Readonly<Record<string, string>> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": '#39' };

const style = `body{font:16px/1.5 system-ui,sans-serif;max-width:30rem;margin:3rem auto;padding:0 1rem;color:#1d2733}
h1{font-size:1.3rem}dt{color:#5b6b7c;font-size:.85rem}
dd{margin:0 0 .6rem;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
form{display:inline}
button{font:inherit;padding:.6rem 1.4rem;border:0;border-radius:.5rem;background:#0a7d4b;color:#fff;cursor:pointer}
button.no{background:#e8ecf0;color:#1d2733}
table{width:100%;border-collapse:collapse}td{padding:.3rem 0;border-bottom:1px solid #e8ecf0}`;

const layout = (title: string, content: string): Reply =>
  html(
    200,
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">\
<title>${escaped(title)}</title><style>${style}</style></head>\
<body><h1>Midtrans simulator</h1>${content}</body></html>`,
  );

type Row = readonly [name: string, value: string];

const whereToPay = (instructions: Instructions): readonly Row[] => {
  switch (instructions.kind) {
    case 'va':
      return [[`${instructions.bank.toUpperCase()} virtual account`, instructions.number]];
    case 'permata':
      return [['Permata virtual account', instructions.number]];
    case 'bill':
      return [
        ['Biller code', instructions.billerCode],
        ['Bill key', instructions.billKey],
        ['For', instructions.info.join(' ')],
      ];
    case 'qris':
      return [['QRIS', instructions.qrString]];
    case 'gopay':
      return [['GoPay', 'confirm in the app']];
    case 'card':
      return [
        ['Card', instructions.card.masked],
        ['One-time password', '112233'],
      ];
  }
};

const returnLink = ({ instructions, orderId, state }: Transaction): string => {
  if (instructions.kind !== 'gopay' || instructions.callbackUrl === undefined) return '';
  const back = new URL(instructions.callbackUrl);
  back.searchParams.set('order_id', orderId);
  back.searchParams.set('result', state.status === 'settlement' ? 'success' : 'failure');
  return `<p><a href="${escaped(back.href)}">Back to the merchant</a></p>`;
};

const buttonsOf = ({ transactionId, method }: Transaction): string => {
  const button = (action: string, label: string, kind = ''): string =>
    `<form method="post" action="/pay/${transactionId}/${action}"><button${kind}>${label}</button></form> `;
  const scan = method === 'gopay' ? button('scan', 'Pay by scanning', ' class="no"') : '';
  return button('pay', 'Pay') + scan + button('deny', 'Decline', ' class="no"');
};

const paymentPage = (transaction: Transaction): Reply => {
  const { orderId, grossAmount, instructions, expiresAt, state } = transaction;
  const rows: readonly Row[] = [
    ['Order', orderId],
    ['Amount', `Rp ${grossAmount.toLocaleString('id-ID')}`],
    ...whereToPay(instructions),
    ['Pay before', `${wib(expiresAt)} WIB`],
    ['Status', state.status],
  ];
  const facts = rows.map(([name, value]) => `<dt>${escaped(name)}</dt><dd>${escaped(value)}</dd>`).join('');
  const end = state.status === 'pending' ? buttonsOf(transaction) : returnLink(transaction);
  return layout(`Pay ${orderId}`, `<dl>${facts}</dl>${end}`);
};

const listPage = (transactions: readonly Transaction[]): Reply => {
  const lines = transactions.toReversed().map(({ transactionId, orderId, method, grossAmount, state }) => {
    const link = `<a href="/pay/${transactionId}">${escaped(orderId)}</a>`;
    return `<tr>${[link, method, rupiah(grossAmount), state.status].map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
  });
  return layout('Payments', lines.length > 0 ? `<table>${lines.join('')}</table>` : '<p>No charges yet.</p>');
};

const actions: Readonly<Record<string, (control: Control, id: string) => unknown>> = {
  pay: (control, id) => control.pay(id),
  scan: (control, id) => control.pay(id, { scanned: true }),
  deny: (control, id) => control.deny(id),
};

/** A button was pressed; a page that is out of date shows the present state. */
const press = (id: string, action: string, control: Control): Reply => {
  const run = own(actions, action);
  if (!run) return notFoundPage();
  try {
    run(control, id);
  } catch (error) {
    if (!(error instanceof NotPossible)) throw error;
  }
  return redirect(303, `/pay/${encodeURIComponent(id)}`);
};

const cardToken = (query: URLSearchParams, { merchant, tokens }: Context): Reply => {
  const refusal = (code: '400' | '401'): Reply =>
    json(Number(code), { status_code: code, status_message: messages[code] });
  if (query.get('client_key') !== merchant.clientKey) return refusal('401');
  const token = query.get('card_cvv') === '123' ? tokens.issue(query.get('card_number') ?? '') : undefined;
  if (token === undefined) return refusal('400');
  const status_message = 'Credit card token is created as Token ID.';
  return json(200, { status_code: '200', status_message, token_id: token });
};

const qrCode = (id: string, { store }: Context): Reply => {
  const transaction = store.find(id);
  if (!transaction || (transaction.method !== 'qris' && transaction.method !== 'gopay')) return notFoundPage();
  return { status: 200, content: qrPicture(transaction.transactionId), headers: { 'content-type': 'image/png' } };
};

/** The reply, if the request is a browser's. */
export const answerBrowser = (
  request: IncomingMessage,
  [first = '', second = '', third, fourth]: readonly string[],
  context: Context,
  control: Control,
): Reply | undefined => {
  if (first === 'pay') {
    if (second === '') return listPage(context.store.all());
    const transaction = context.store.find(second);
    if (!transaction) return notFoundPage();
    return request.method === 'POST' ? press(second, third ?? 'pay', control) : paymentPage(transaction);
  }
  if (first === 'v2' && second === 'token' && third === undefined)
    return cardToken(urlOf(request).searchParams, context);
  const isPicture = ['v2', 'v4'].includes(first) && ['qris', 'gopay'].includes(second) && fourth === 'qr-code';
  return isPicture ? qrCode(third ?? '', context) : undefined;
};
