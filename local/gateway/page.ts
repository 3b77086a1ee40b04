// The payment pages for people: what the customer of a demo sees instead of the bank's app.
import { rupiah } from './reading.ts';
import type { Instructions, Transaction } from './transaction.ts';
import { wib } from './wib.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign);

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:30rem;margin:3rem auto;padding:0 1rem;color:#1d2733}
h1{font-size:1.3rem}dt{color:#5b6b7c;font-size:.85rem}dd{margin:0 0 .6rem;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
form{display:inline}button{font:inherit;padding:.6rem 1.4rem;border:0;border-radius:.5rem;background:#0a7d4b;color:#fff;cursor:pointer}
button.no{background:#e8ecf0;color:#1d2733}table{width:100%;border-collapse:collapse}td{padding:.3rem 0;border-bottom:1px solid #e8ecf0}`;

const layout = (title: string, content: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title><style>${STYLE}</style></head><body>${content}</body></html>`;

const row = (name: string, value: string): string => `<dt>${escaped(name)}</dt><dd>${escaped(value)}</dd>`;

const whereToPay = (instructions: Instructions): string => {
  switch (instructions.kind) {
    case 'va':
      return row(`${instructions.bank.toUpperCase()} virtual account`, instructions.number);
    case 'permata':
      return row('Permata virtual account', instructions.number);
    case 'bill':
      return (
        row('Biller code', instructions.billerCode) +
        row('Bill key', instructions.billKey) +
        row('For', instructions.info.join(' '))
      );
    case 'qris':
      return row('QRIS', instructions.qrString);
    case 'gopay':
      return row('GoPay', 'confirm in the app');
    case 'card':
      return row('Card', instructions.card.masked) + row('One-time password', '112233');
  }
};

const button = (transactionId: string, action: string, label: string, style = ''): string =>
  `<form method="post" action="/pay/${transactionId}/${action}"><button${style}>${label}</button></form> `;

const returnLink = ({ instructions, orderId, state }: Transaction): string => {
  if (instructions.kind !== 'gopay' || instructions.callbackUrl === undefined) return '';
  const back = new URL(instructions.callbackUrl);
  back.searchParams.set('order_id', orderId);
  back.searchParams.set('result', state.status === 'settlement' ? 'success' : 'failure');
  return `<p><a href="${escaped(back.href)}">Back to the merchant</a></p>`;
};

export const paymentPage = (transaction: Transaction): string => {
  const { transactionId, orderId, grossAmount, instructions, expiresAt, state, method } = transaction;
  const facts = `<dl>${row('Order', orderId)}${row('Amount', `Rp ${grossAmount.toLocaleString('id-ID')}`)}${whereToPay(instructions)}${row('Pay before', `${wib(expiresAt)} WIB`)}${row('Status', state.status)}</dl>`;
  const scan = method === 'gopay' ? button(transactionId, 'scan', 'Pay by scanning', ' class="no"') : '';
  const buttons = button(transactionId, 'pay', 'Pay') + scan + button(transactionId, 'deny', 'Decline', ' class="no"');
  return layout(
    `Pay ${orderId}`,
    `<h1>Midtrans simulator</h1>${facts}${state.status === 'pending' ? buttons : returnLink(transaction)}`,
  );
};

export const listPage = (transactions: readonly Transaction[]): string => {
  const line = ({ transactionId, orderId, method, grossAmount, state }: Transaction): string =>
    `<tr><td><a href="/pay/${transactionId}">${escaped(orderId)}</a></td><td>${method}</td><td>${rupiah(grossAmount)}</td><td>${state.status}</td></tr>`;
  const lines = transactions.toReversed().map(line).join('');
  return layout(
    'Payments',
    `<h1>Midtrans simulator</h1>${lines ? `<table>${lines}</table>` : '<p>No charges yet.</p>'}`,
  );
};
