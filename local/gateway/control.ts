// What tests, the bench and the demo do with the simulator: play the customer, the bank and the passing of time, and read the log.
import { isTrouble, type Trouble } from './answer.ts';
import { TEST_CARDS } from './cards.ts';
import type { Delivery } from './deliveries.ts';
import type { Faults } from './faults.ts';
import type { Office } from './merchant.ts';
import type { Notifier } from './notifier.ts';
import { giveUp, type Payment, pay } from './pay.ts';
import type { Fields } from './reading.ts';
import { refundsOf } from './refund.decider.ts';
import type { Command } from './transaction.decider.ts';
import type { CardBehaviour, Rupiah, Transaction } from './transaction.ts';

/** A transition the gateway does not allow, or a transaction it does not have. */
export class NotPossible extends Error {
  override readonly name = 'NotPossible';
}

export type Control = {
  readonly transactions: () => readonly Transaction[];
  /** By transaction id, or the latest of an order id. */
  readonly transaction: (id: string) => Transaction;
  /** The customer pays; a card answers as its number says. */
  readonly pay: (id: string, payment?: Payment) => Transaction;
  /** The customer gives up: denies a card, leaves everything else pending. */
  readonly deny: (id: string) => Transaction;
  readonly expire: (id: string) => Transaction;
  readonly fail: (id: string) => Transaction;
  /** Settles a captured card now. */
  readonly settle: (id: string) => Transaction;
  /** Settles all captured cards, cancels all untouched reviews: what happens at 16:00 WIB. */
  readonly settleCards: () => readonly Transaction[];
  /** The bank takes a settlement back (Permata and Mandiri only). */
  readonly reverse: (id: string) => Transaction;
  readonly chargeback: (id: string, amount?: Rupiah) => Transaction;
  /** The bank confirms all refunds of a transaction that it has not confirmed yet. */
  readonly confirmRefunds: (id: string) => Transaction;
  /** Sends a notification of any content about a transaction, signed unless `signature_key` is among the overrides. */
  readonly notify: (id: string, overrides?: Fields) => Promise<void>;
  /** The dashboard's test button: a made-up order that GET status does not know. */
  readonly testNotification: () => Promise<void>;
  readonly notifications: (id?: string) => readonly Delivery[];
  readonly resend: (deliveryId: string) => Promise<boolean>;
  /** Resolves when no notification is on its way. */
  readonly quiet: () => Promise<void>;
  readonly faults: Pick<Faults, 'add' | 'remove' | 'clear' | 'list'>;
  /** A single-use token for one of the test cards. */
  readonly cardToken: (card: CardBehaviour) => string;
  readonly setBalance: (balance: Rupiah) => void;
  readonly now: () => number;
  /** Turns the gateway's clock forward and does what falls due: expiry, settlement, retries. */
  readonly advance: (ms: number) => Promise<void>;
};

export type ControlOptions = { readonly office: Office; readonly notifier: Notifier; readonly faults: Faults };

export const createControl = ({ office, notifier, faults }: ControlOptions): Control => {
  const { book, clock, merchant, tokens, chances } = office;

  const transaction = (id: string): Transaction => {
    const found = book.ledger.find(id);
    if (!found) throw new NotPossible(`there is no transaction ${id}`);
    return found;
  };

  const happened = (before: Transaction, result: Transaction | Trouble): Transaction => {
    if (isTrouble(result)) throw new NotPossible(`not possible for a transaction that is ${before.state.status}`);
    if (result !== before) void notifier.tell(result);
    return result;
  };

  const run = (id: string, command: Command): Transaction => {
    const before = transaction(id);
    const verdict = book.run(command, before);
    return happened(before, verdict.outcome === 'happened' ? verdict.transaction : { code: '412' });
  };

  const settleCards = (): readonly Transaction[] =>
    book.ledger.all().flatMap(({ transactionId, state }) => {
      if (state.status !== 'capture') return [];
      return [run(transactionId, state.fraud === 'accept' ? { type: 'settle', at: clock.now() } : { type: 'cancel' })];
    });

  const confirmRefunds = (id: string): Transaction => {
    const { transactionId, state } = transaction(id);
    for (const { key } of refundsOf(state)) {
      const confirmed = book.confirm(transactionId, key);
      if (confirmed) void notifier.tell(confirmed);
    }
    return transaction(transactionId);
  };

  const testNotification = (): Promise<void> => {
    const chance = chances('test-notification');
    return notifier.tell({
      transactionId: chance.uuid(),
      orderId: `payment_notif_test_${merchant.merchantId}_${chance.uuid()}`,
      merchantId: merchant.merchantId,
      method: 'bca_va',
      grossAmount: 10_000,
      createdAt: clock.now(),
      expiresAt: clock.now(),
      instructions: { kind: 'va', bank: 'bca', number: '12345678901' },
      echo: {},
      destinations: merchant.destinations,
      state: { status: 'settlement', settledAt: clock.now() },
    });
  };

  const cardToken = (card: CardBehaviour): string => {
    const token = tokens.issue(TEST_CARDS[card]);
    if (token === undefined) throw new NotPossible(`no test card is called ${card}`);
    return token;
  };

  return {
    transactions: book.ledger.all,
    transaction,
    pay: (id, payment = {}) => happened(transaction(id), pay(transaction(id), payment, office)),
    deny: (id) => happened(transaction(id), giveUp(transaction(id), office)),
    expire: (id) => run(id, { type: 'expire' }),
    fail: (id) => run(id, { type: 'fail' }),
    settle: (id) => run(id, { type: 'settle', at: clock.now() }),
    settleCards,
    reverse: (id) => run(id, { type: 'reverse' }),
    chargeback: (id, amount) => run(id, { type: 'charge_back', ...(amount !== undefined && { amount }) }),
    confirmRefunds,
    notify: (id, overrides) => notifier.tell(transaction(id), overrides ? { overrides } : {}),
    testNotification,
    notifications: (id) =>
      id === undefined
        ? notifier.log()
        : notifier.log().filter((one) => one.orderId === id || one.transactionId === id),
    resend: notifier.resend,
    quiet: notifier.quiet,
    faults: { add: faults.add, remove: faults.remove, clear: faults.clear, list: faults.list },
    cardToken,
    setBalance: (balance) => {
      merchant.balance = balance;
    },
    now: clock.now,
    advance: clock.advance,
  };
};
