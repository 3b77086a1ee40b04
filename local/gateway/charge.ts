// A charge: the order id must be free, the card must be good, and the customer gets somewhere to pay (midtrans.md §2).
import { invalid, type Trouble } from './answer.ts';
import { afterAMinute, BANK_DECLINE, cardOutcome, SLOW_CARD } from './card-outcome.ts';
import type { Card } from './cards.ts';
import type { ChargeRequest } from './charge-request.ts';
import { expiryOf } from './custom-expiry.ts';
import { issueInstructions } from './instructions.ts';
import type { Office } from './merchant.ts';
import { decide } from './transaction.decider.ts';
import type { CardFacts, Echo, Rupiah, Transaction } from './transaction.ts';

export type ChargeTerms = {
  /** The notification URLs of this transaction. */
  readonly destinations: readonly string[];
  /** Put on top of the amount by automatic fee imposition. */
  readonly fee: Rupiah;
  /** The bank says no at once. */
  readonly declined: boolean;
};

const withFee = ({ echo, grossAmount }: ChargeRequest, fee: Rupiah): Echo => {
  if (fee === 0) return echo;
  const info = {
    original_amount: `${grossAmount}.00`,
    gross_amount: `${grossAmount + fee}.00`,
    customer_imposed_payment_fee: `${fee}.00`,
  };
  const metadata = typeof echo.metadata === 'object' ? echo.metadata : {};
  return { ...echo, metadata: { ...metadata, extra_info: { gross_amount_info: info } } };
};

const open = (
  request: ChargeRequest,
  card: Card | undefined,
  terms: ChargeTerms,
  office: Office,
): Transaction | Trouble => {
  const { method, orderId, ask, expiry } = request;
  const { book, clock, chances, merchant } = office;
  const now = clock.now();
  const expiresAt = expiryOf(
    { method, airpay: ask.acquirer === 'airpay shopee', ...(expiry && { custom: expiry }) },
    now,
  );
  if (typeof expiresAt === 'string') return invalid(expiresAt);
  const chance = chances(`charge/${orderId}/${book.ledger.attempts(orderId)}`);
  const fee = request.feeAllowed ? terms.fee : 0;
  return {
    transactionId: chance.uuid(),
    orderId,
    merchantId: merchant.merchantId,
    method,
    grossAmount: request.grossAmount + fee,
    createdAt: now,
    expiresAt,
    instructions: issueInstructions({ method, ask, card }, book.ledger.numbers, chance),
    echo: withFee(request, fee),
    destinations: terms.destinations,
    state: { status: 'pending' },
  };
};

/** Without 3DS the bank answers at once; the card that answers late stays pending for a minute. */
const askBank = (card: CardFacts, transaction: Transaction, { book, clock }: Office): Transaction => {
  const outcome = cardOutcome(card, clock.now());
  if (outcome === 'later') {
    book.later(SLOW_CARD, () => afterAMinute(card, clock.now()), transaction);
    return transaction;
  }
  const verdict = decide(outcome, transaction);
  return verdict.outcome === 'happened' ? verdict.transaction : transaction;
};

export const charge = (request: ChargeRequest, terms: ChargeTerms, office: Office): Transaction | Trouble => {
  const { book, merchant, tokens } = office;
  if (merchant.inactive.includes(request.method)) return { code: '402' };
  const taken = book.ledger.taken(request.orderId);
  if (taken) return taken;
  const card = request.ask.tokenId === undefined ? undefined : tokens.redeem(request.ask.tokenId);
  if (request.method === 'card' && !card) return { code: '411' };
  const opened = open(request, card, terms, office);
  if ('code' in opened) return opened;
  const { instructions } = opened;
  const atOnce = instructions.kind === 'card' && !instructions.card.threeDs;
  let transaction = opened;
  if (terms.declined) transaction = { ...opened, state: { status: 'deny', fraud: 'accept', response: BANK_DECLINE } };
  else if (atOnce) transaction = askBank(instructions.card, opened, office);
  book.keep(transaction);
  return transaction;
};
