/** The text of a receipt, in Indonesian and English: HTML and text, amounts as rupiah, times of Western Indonesia. */
import type { Language } from './contacts.store.ts';

export type Receipt = {
  readonly orderId: string;
  readonly paymentRef: string;
  /** Whole rupiah. */
  readonly amount: number;
  readonly method: string;
  /** Epoch milliseconds. */
  readonly paidAt: number;
};
/** Subject and body of a mail. */
export type MailText = { readonly subject: string; readonly html: string; readonly text: string };

const locales: Readonly<Record<Language, string>> = { id: 'id-ID', en: 'en-GB' };
const timeZone = 'Asia/Jakarta';

/** `Rp 120.000`, in both languages. */
export const rupiahText = (amount: number): string => `Rp ${amount.toLocaleString(locales.id)}`;

/** `21 November 2026 12.05 WIB`, in English `12:05`. */
export const wibText = (at: number, language: Language): string => {
  const time = new Date(at);
  const day = time.toLocaleDateString(locales[language], { dateStyle: 'long', timeZone });
  const clock = time.toLocaleTimeString(locales[language], { timeStyle: 'short', timeZone });
  return `${day} ${clock} WIB`;
};

const methods: Readonly<Record<string, string | Readonly<Record<Language, string>>>> = {
  bca_va: 'BCA Virtual Account',
  bni_va: 'BNI Virtual Account',
  bri_va: 'BRI Virtual Account',
  permata_va: 'Permata Virtual Account',
  cimb_va: 'CIMB Niaga Virtual Account',
  mandiri_bill: 'Mandiri Bill Payment',
  qris: 'QRIS',
  gopay: 'GoPay',
  card: { id: 'Kartu', en: 'Card' },
  cash: { id: 'Tunai', en: 'Cash' },
};
const methodText = (method: string, language: Language): string => {
  const name = Object.hasOwn(methods, method) ? methods[method] : undefined;
  return typeof name === 'string' ? name : (name?.[language] ?? method);
};

const phrases = {
  id: {
    subject: (orderId: string) => `Tanda terima ${orderId}`,
    thanks: 'Terima kasih. Pembayaran perjalanan Anda sudah kami terima.',
    order: 'Nomor pesanan',
    amount: 'Jumlah',
    method: 'Metode pembayaran',
    paidAt: 'Waktu pembayaran',
    reference: 'Referensi pembayaran',
    closing: 'Simpan surel ini sebagai bukti pembayaran.',
  },
  en: {
    subject: (orderId: string) => `Receipt ${orderId}`,
    thanks: 'Thank you. We have received the payment for your trip.',
    order: 'Order number',
    amount: 'Amount',
    method: 'Payment method',
    paidAt: 'Time of payment',
    reference: 'Payment reference',
    closing: 'Keep this mail as proof of payment.',
  },
} as const satisfies Record<Language, object>;

const rowsOf = (receipt: Receipt, language: Language): readonly (readonly [string, string])[] => {
  const { order, amount, method, paidAt, reference } = phrases[language];
  return [
    [order, receipt.orderId],
    [amount, rupiahText(receipt.amount)],
    [method, methodText(receipt.method, language)],
    [paidAt, wibText(receipt.paidAt, language)],
    [reference, receipt.paymentRef],
  ];
};

const escaped = (text: string): string => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);

const textPart = (receipt: Receipt, language: Language): string => {
  const { thanks, closing } = phrases[language];
  return [thanks, '', ...rowsOf(receipt, language).map((row) => row.join(': ')), '', closing].join('\n');
};

const cell = 'padding:4px 16px 4px 0;font-weight:normal;color:#555';
const rowOf = ([name, value]: readonly [string, string]): string =>
  `<tr><th scope="row" align="left" style="${cell}">${escaped(name)}</th><td>${escaped(value)}</td></tr>`;

const htmlPart = (receipt: Receipt, language: Language): string => {
  const { thanks, closing } = phrases[language];
  const rows = rowsOf(receipt, language).map(rowOf).join('');
  const table = `<table role="presentation">${rows}</table>`;
  return `<section lang="${language}"><p>${thanks}</p>${table}<p>${closing}</p></section>`;
};

const head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width">';
const style = 'font-family:sans-serif;color:#111;max-width:560px;margin:24px auto;padding:0 16px';
const pageOf = (language: Language, subject: string, content: string): string =>
  [
    `<!doctype html><html lang="${language}"><head>${head}<title>${escaped(subject)}</title></head>`,
    `<body style="${style}"><h1 style="font-size:20px">Tuntas</h1>${content}</body></html>`,
  ].join('');

/** @param language of the reader; both when it is not known, Indonesian first */
export const receiptText = (receipt: Receipt, language: Language | undefined): MailText => {
  const languages: readonly Language[] = language ? [language] : ['id', 'en'];
  const subject = languages.map((one) => phrases[one].subject(receipt.orderId)).join(' / ');
  return {
    subject,
    html: pageOf(languages[0] ?? 'id', subject, languages.map((one) => htmlPart(receipt, one)).join('<hr>')),
    text: `Tuntas\n\n${languages.map((one) => textPart(receipt, one)).join('\n\n----\n\n')}\n`,
  };
};
