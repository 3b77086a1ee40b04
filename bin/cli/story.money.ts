/** What the events of orders and payments, and the notifications of the gateway, say to people. */
type Fields = Readonly<Record<string, unknown>>;
export type Told = readonly [who: string, what: string];

const text = (value: unknown): string => (value === undefined ? '' : String(value));
const rupiah = (amount: unknown): string => `Rp ${Number(amount).toLocaleString('id-ID')}`;
const because = (reason: unknown): string => (reason === undefined ? '' : ` (${text(reason)})`);
/** The seconds at its end tell the payments of one order apart. */
const payment = (ref: unknown): string => `payment …${text(ref).slice(-6)}`;

const ofPayment =
  (what: (line: Fields) => string): ((line: Fields) => Told) =>
  (line) => [payment(line.paymentRef), what(line)];

const refund = ({ status, amount, reason }: Fields): string =>
  `${rupiah(amount)} ${text(status).toLowerCase()}${because(reason)}`;

export const moneyEvents: Readonly<Record<string, (line: Fields) => Told>> = {
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
  'payment.intended': ofPayment(
    ({ amount, method }) => `${rupiah(amount)} by ${text(method)}: written, the gateway is asked next`,
  ),
  'payment.unknown': ofPayment(({ reason }) => `no answer of the gateway${because(reason)}; it will be asked`),
  'payment.pending': ofPayment(() => 'waits for the customer'),
  'payment.authorized': ofPayment(() => 'authorized, not captured'),
  'payment.under-review': ofPayment(() => 'under review at the gateway'),
  'payment.settled': ofPayment(
    ({ amount, captured }) => `the money is there: ${rupiah(amount)}${captured ? ', settled tomorrow' : ''}`,
  ),
  'payment.settlement-confirmed': ofPayment(() => 'settled by the acquirer'),
  'payment.denied': ofPayment(({ reason }) => `denied${because(reason)}`),
  'payment.cancelled': ofPayment(({ reason }) => `cancelled${because(reason)}`),
  'payment.expired': ofPayment(({ reason }) => `not paid in time${because(reason)}`),
  'payment.failed': ofPayment(({ reason }) => `failed${because(reason)}`),
  'payment.reversed': ofPayment(({ reversed }) => `the money is gone again: ${rupiah(reversed)}`),
  'payment.held': ofPayment(
    ({ what, expected, said }) => `held: ${text(what)} is ${text(said)}, not ${text(expected)}`,
  ),
  'payment.released': ofPayment(() => 'no longer held'),
  'refund.changed': ofPayment(
    ({ refunds, refundedTotal }) =>
      `refund of ${(Array.isArray(refunds) ? (refunds as Fields[]) : []).map(refund).join(', ')}; given back in all: ${rupiah(refundedTotal)}`,
  ),
  'chargeback.held': ofPayment(
    ({ claimed }) =>
      `held: the card issuer took a part back${claimed === undefined ? '' : `, by its notification ${rupiah(claimed)}`}; the gateway does not say how much`,
  ),
  'chargeback.recorded': ofPayment(({ chargedBack }) => `the card issuer took back ${rupiah(chargedBack)}`),
};

const saidIn = (body: unknown): string => {
  try {
    return text((JSON.parse(text(body)) as Fields).transaction_status).slice(0, 40) || 'something';
  } catch {
    return 'something';
  }
};

/** A line of the sync log: what the gateway told, and what became of it. */
export const webhookTold = ({ body, effect, why, verified, attempt, tookMs }: Fields): Told => [
  'from the gateway',
  `"${saidIn(body)}": ${text(effect ?? why)}${effect !== undefined && why !== undefined ? because(why) : ''}${verified ? ', after asking it' : ''}, look ${text(attempt)}, ${text(tookMs)} ms`,
];
