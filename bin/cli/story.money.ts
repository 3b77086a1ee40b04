/** The events of orders and payments, and the notifications of the gateway, in words. */
export type Fields = Readonly<Record<string, unknown>>;
export type Phrase = readonly [who: string, what: string];
export type Phrases = Readonly<Record<string, (line: Fields) => Phrase>>;

export const text = (value: unknown): string => (value === undefined ? '' : String(value));
const rupiah = (amount: unknown): string => `Rp ${Number(amount).toLocaleString('id-ID')}`;
const because = (reason: unknown): string => (reason === undefined ? '' : ` (${text(reason)})`);
/** The seconds at its end tell the payments of one order apart. */
const payment = (ref: unknown): string => `payment …${text(ref).slice(-6)}`;

const ofPayment =
  (what: (line: Fields) => string): ((line: Fields) => Phrase) =>
  (line) => [payment(line.paymentRef), what(line)];

const refundText = ({ status, amount, reason }: Fields): string =>
  `${rupiah(amount)} ${text(status).toLowerCase()}${because(reason)}`;
const refundsText = (refunds: unknown): string =>
  (Array.isArray(refunds) ? (refunds as Fields[]) : []).map(refundText).join(', ');

export const moneyEvents: Phrases = {
  'order.opened': ({ driverId }) => [
    'order',
    `opened; ${driverId ? `driver ${text(driverId)} has the trip` : 'its driver is not known'}`,
  ],
  'order.finished': ({ driverId, fare }) => [
    'order',
    `finished: ${rupiah(fare)}; ${driverId ? `driver ${text(driverId)} is free again` : 'its driver is not known'}`,
  ],
  'order.cancelled': ({ reason }) => ['order', `cancelled${because(reason)}; nothing to pay`],
  'order.paid': ({ fare, method }) => ['order', `PAID: ${rupiah(fare)} by ${text(method)}`],
  'order.unpaid': ({ fare }) => ['order', `to be paid again: ${rupiah(fare)}`],
  'order.surplus': ({ surplus }) => ['order', `${rupiah(surplus)} more than it owes: it is given back`],
  'order.surplus-returned': () => ['order', 'no more money than it owes'],
  'order.payment-due': ({ unpaid, reminder }) => ['order', `${rupiah(unpaid)} not paid; reminder ${text(reminder)}`],
  'payment.intended': ofPayment(
    ({ amount, method }) => `${rupiah(amount)} by ${text(method)}: stored, the gateway is called next`,
  ),
  'payment.unknown': ofPayment(
    ({ reason }) => `no answer from the gateway${because(reason)}; its status will be queried`,
  ),
  'payment.pending': ofPayment(() => 'waits for the customer'),
  'payment.authorized': ofPayment(() => 'authorized, not captured'),
  'payment.under-review': ofPayment(() => 'under review at the gateway'),
  'payment.settled': ofPayment(
    ({ amount, received, captured }) => `paid: ${rupiah(received ?? amount)}${captured ? ', settles tomorrow' : ''}`,
  ),
  'payment.settlement-confirmed': ofPayment(() => 'settled by the acquirer'),
  'payment.denied': ofPayment(({ reason }) => `denied${because(reason)}`),
  'payment.cancelled': ofPayment(({ reason }) => `cancelled${because(reason)}`),
  'payment.expired': ofPayment(({ reason }) => `not paid in time${because(reason)}`),
  'payment.failed': ofPayment(({ reason }) => `failed${because(reason)}`),
  'payment.reversed': ofPayment(({ reversed }) => `reversed: ${rupiah(reversed)} is no longer there`),
  'payment.held': ofPayment(
    ({ what, expected, said: reported }) => `held: ${text(what)} is ${text(reported)}, not ${text(expected)}`,
  ),
  'payment.released': ofPayment(() => 'no longer held'),
  'refund.changed': ofPayment(
    ({ refunds, refundedTotal }) => `refund of ${refundsText(refunds)}; refunded in total: ${rupiah(refundedTotal)}`,
  ),
  'chargeback.held': ofPayment(({ claimed }) => {
    const claim = claimed === undefined ? '' : `, by its notification ${rupiah(claimed)}`;
    return `held: the card issuer took a part back${claim}; the gateway does not report the amount`;
  }),
  'chargeback.recorded': ofPayment(
    ({ chargedBack, chargedBackTotal }) =>
      `the card issuer took back ${rupiah(chargedBack)} of what was left; in total: ${rupiah(chargedBackTotal)}`,
  ),
  'chargeback.returned': ofPayment(({ returned }) => `the dispute was won: ${rupiah(returned)} is back`),
};

/** The status that a notification reports. */
const statusIn = (body: unknown): string => {
  try {
    return text((JSON.parse(text(body)) as Fields).transaction_status).slice(0, 40) || 'unreadable';
  } catch {
    return 'unreadable';
  }
};

/** A line of the sync log: what the gateway reported, and its effect. */
export const webhookPhrase = ({ body, effect, why, verified, attempt, tookMs }: Fields): Phrase => {
  const outcome = effect === undefined ? text(why) : `${text(effect)}${because(why)}`;
  const checked = verified ? ', verified' : '';
  return [
    'from the gateway',
    `"${statusIn(body)}": ${outcome}${checked}, attempt ${text(attempt)}, ${text(tookMs)} ms`,
  ];
};
