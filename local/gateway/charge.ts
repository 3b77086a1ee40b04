/** A charge: the order id must be free, the card valid; the customer learns where to pay (midtrans.md §2). */
import type { Json } from '../json.ts';
import { approved, bankAnswer, bankDecline, type Card } from './cards.ts';
import { type ChargeRequest, expiryOf } from './charge-request.ts';
import type { Context } from './context.ts';
import { Refused } from './errors.ts';
import { rupiah } from './fields.ts';
import { issueInstructions } from './instructions.ts';
import { decide } from './transaction.decider.ts';
import type { CardFacts, Rupiah, Transaction } from './transaction.ts';
import { minute } from './wib.ts';

export type ChargeTerms = {
  /** The notification URLs of this transaction. */
  readonly destinations: readonly string[];
  /** Put on top of the amount by automatic fee imposition. */
  readonly fee: Rupiah;
  /** The bank declines at once. */
  readonly declined: boolean;
};

/** How long the card that answers late stays pending. */
const slowCard = minute;

const withFee = ({ echo, grossAmount }: ChargeRequest, fee: Rupiah): Json => {
  if (fee === 0) return echo;
  const info = {
    original_amount: rupiah(grossAmount),
    gross_amount: rupiah(grossAmount + fee),
    customer_imposed_payment_fee: rupiah(fee),
  };
  const metadata = typeof echo.metadata === 'object' ? echo.metadata : {};
  return { ...echo, metadata: { ...metadata, extra_info: { gross_amount_info: info } } };
};

const open = (request: ChargeRequest, card: Card | undefined, terms: ChargeTerms, context: Context): Transaction => {
  const { method, orderId } = request;
  const { store, clock, chances, merchant } = context;
  const now = clock.now();
  const expiresAt = expiryOf(request, now);
  const chance = chances(`charge/${orderId}/${store.attempts(orderId)}`);
  const fee = request.feeAllowed ? terms.fee : 0;
  return {
    transactionId: chance.uuid(),
    orderId,
    merchantId: merchant.merchantId,
    method,
    grossAmount: request.grossAmount + fee,
    createdAt: now,
    expiresAt,
    instructions: issueInstructions({ method, terms: request.terms, card }, store.numbers, chance),
    echo: withFee(request, fee),
    destinations: terms.destinations,
    state: { status: 'pending' },
  };
};

/** The bank's answer to a card: undefined when it comes a minute later. */
export const commandOfBank = (card: CardFacts, transaction: Transaction, { store, clock }: Context) => {
  const answer = bankAnswer(card, clock.now());
  if (answer !== 'later') return answer;
  store.later(slowCard, () => approved(card, clock.now()), transaction);
  return undefined;
};

/** @throws Refused */
export const charge = (request: ChargeRequest, terms: ChargeTerms, context: Context): Transaction => {
  const { store, merchant, tokens } = context;
  if (merchant.inactive.includes(request.method)) throw new Refused('402');
  store.requireFree(request.orderId);
  const { tokenId } = request.terms;
  const card = tokenId === undefined ? undefined : tokens.redeem(tokenId);
  if (request.method === 'card' && !card) throw new Refused('411');
  const opened = open(request, card, terms, context);
  const { instructions } = opened;
  let command = terms.declined ? bankDecline : undefined;
  // Without 3DS the bank answers at once.
  if (!terms.declined && instructions.kind === 'card' && !instructions.card.threeDs)
    command = commandOfBank(instructions.card, opened, context);
  const verdict = command && decide(command, opened);
  const transaction = verdict?.outcome === 'happened' ? verdict.transaction : opened;
  store.keep(transaction);
  return transaction;
};
