/** The text of a receipt, in Indonesian and English. */
import { describe, expect, it } from 'vitest';
import { receiptText } from '../../functions/notify/receipt.texts.ts';

const receipt = {
  orderId: 'TNT-20261121-0000042',
  paymentRef: 'TNT-20261121-0000042-1795232640',
  amount: 120_000,
  method: 'bca_va',
  paidAt: Date.parse('2026-11-21T05:05:00.000Z'),
};

describe('a receipt', () => {
  it('[PAY-7] is in Indonesian and English when the language of the reader is unknown', () => {
    const mail = receiptText(receipt, undefined);
    expect(mail.subject).toBe('Tanda terima TNT-20261121-0000042 / Receipt TNT-20261121-0000042');
    expect(mail.text).toBe(`Tuntas

Terima kasih. Pembayaran perjalanan Anda sudah kami terima.

Nomor pesanan: TNT-20261121-0000042
Jumlah: Rp 120.000
Metode pembayaran: BCA Virtual Account
Waktu pembayaran: 21 November 2026 12.05 WIB
Referensi pembayaran: TNT-20261121-0000042-1795232640

Simpan surel ini sebagai bukti pembayaran.

----

Thank you. We have received the payment for your trip.

Order number: TNT-20261121-0000042
Amount: Rp 120.000
Payment method: BCA Virtual Account
Time of payment: 21 November 2026 12:05 WIB
Payment reference: TNT-20261121-0000042-1795232640

Keep this mail as proof of payment.
`);
    for (const word of ['Rp 120.000', '12.05 WIB', '12:05 WIB', 'lang="id"', 'lang="en"'])
      expect(mail.html).toContain(word);
  });

  it.each([
    ['id', 'Tanda terima', 'Thank you'],
    ['en', 'Receipt', 'Terima kasih'],
  ] as const)('is in the language %s alone when it is known', (language, subject, missing) => {
    const mail = receiptText(receipt, language);
    expect(mail.subject).toBe(`${subject} TNT-20261121-0000042`);
    expect(mail.text).not.toContain(missing);
    expect(mail.html).not.toContain(missing);
  });

  it.each([
    [1_000, 'Rp 1.000'],
    [999, 'Rp 999'],
    [1_234_567, 'Rp 1.234.567'],
    [999_999_999, 'Rp 999.999.999'],
  ])('writes the amount %d as %s', (amount, text) => {
    expect(receiptText({ ...receipt, amount }, 'id').text).toContain(`Jumlah: ${text}\n`);
  });

  it('has the date of Jakarta: 23:30 UTC is the next day', () => {
    const paidAt = Date.parse('2026-12-31T23:30:00.000Z');
    expect(receiptText({ ...receipt, paidAt }, 'en').text).toContain('1 January 2027 06:30 WIB');
  });

  it.each([
    ['cash', 'Tunai', 'Cash'],
    ['card', 'Kartu', 'Card'],
    ['qris', 'QRIS', 'QRIS'],
  ])('names the method %s in the language of the reader', (method, id, en) => {
    expect(receiptText({ ...receipt, method }, 'id').text).toContain(`Metode pembayaran: ${id}\n`);
    expect(receiptText({ ...receipt, method }, 'en').text).toContain(`Payment method: ${en}\n`);
  });

  it.each(['<b>new&"wallet"</b>', 'constructor'])(
    'shows the unknown method %s as it is, and never as HTML',
    (method) => {
      const { html, text } = receiptText({ ...receipt, method }, 'id');
      expect(text).toContain(`Metode pembayaran: ${method}\n`);
      expect(html).toContain(
        method === 'constructor' ? 'constructor' : '&#60;b&#62;new&#38;&#34;wallet&#34;&#60;/b&#62;',
      );
      expect(html).not.toContain('<b>new');
    },
  );
});
