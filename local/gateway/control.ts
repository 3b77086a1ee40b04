/** What tests, benchmarks and the demo do: play the customer, the bank and time, and read the log. */
import type { Json } from '../json.ts';
import { testCards } from './cards.ts';
import type { Context } from './context.ts';
import type { Delivery } from './deliveries.ts';
import { Refused } from './errors.ts';
import { giveUp, type Payment, pay } from './pay.ts';
import { type Command, refundsOf } from './transaction.decider.ts';
import type { CardBehaviour, Rupiah, Transaction } from './transaction.ts';

/** A transition the gateway does not allow, or a transaction it does not have. */
export class NotPossible extends Error {
  override readonly name = 'NotPossible';
}

const testTransaction = ({ merchant, clock, chances }: Context): Transaction => {
  const chance = chances('test-notification');
  const at = clock.now();
  return {
    transactionId: chance.uuid(),
    orderId: `payment_notif_test_${merchant.merchantId}_${chance.uuid()}`,
    merchantId: merchant.merchantId,
    method: 'bca_va',
    grossAmount: 10_000,
    createdAt: at,
    expiresAt: at,
    instructions: { kind: 'va', bank: 'bca', number: '12345678901' },
    echo: {},
    destinations: merchant.destinations,
    state: { status: 'settlement', settledAt: at },
  };
};

export type Control = ReturnType<typeof createControl>;

export const createControl = (context: Context) => {
  const { store, notifier, faults, clock, merchant, tokens } = context;

  /** By transaction id, or the latest of an order id. */
  const transaction = (id: string): Transaction => {
    const found = store.find(id);
    if (!found) throw new NotPossible(`there is no transaction ${id}`);
    return found;
  };

  const change = (id: string, act: (before: Transaction) => Transaction): Transaction => {
    const before = transaction(id);
    try {
      const after = act(before);
      if (after !== before) void notifier.notify(after);
      return after;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      throw new NotPossible(`not possible for a transaction that is ${before.state.status}`);
    }
  };

  const run = (id: string, command: Command): Transaction => change(id, (before) => store.run(command, before));

  return {
    transactions: store.all,
    transaction,
    /** The customer pays; a card is answered as its number determines. */
    pay: (id: string, payment: Payment = {}) => change(id, (before) => pay(before, payment, context)),
    /** The customer gives up: denies a card, leaves everything else pending. */
    deny: (id: string) => change(id, (before) => giveUp(before, context)),
    expire: (id: string) => run(id, { type: 'expire' }),
    fail: (id: string) => run(id, { type: 'fail' }),
    /** Settles a captured card now. */
    settle: (id: string) => run(id, { type: 'settle', at: clock.now() }),
    /** Settles all captured cards, cancels all challenges without a review: what happens at 16:00 WIB. */
    settleCards: (): readonly Transaction[] =>
      store
        .all()
        .filter(({ state }) => state.status === 'capture')
        .map((card) => run(card.transactionId, store.atSettlementTime(card))),
    /** The bank takes a settlement back (Permata and Mandiri only). */
    reverse: (id: string) => run(id, { type: 'reverse' }),
    /** @param amount in total; all of it unless given */
    chargeback: (id: string, amount?: Rupiah) =>
      run(id, { type: 'charge_back', ...(amount !== undefined && { amount }) }),
    /** The issuer gives back what it charged back. */
    winDispute: (id: string) => run(id, { type: 'win_dispute' }),
    /** The bank confirms all refunds of a transaction that it has not confirmed yet. */
    confirmRefunds: (id: string): Transaction => {
      const { transactionId, state } = transaction(id);
      for (const { key } of refundsOf(state)) {
        const confirmed = store.confirm(transactionId, key);
        if (confirmed) void notifier.notify(confirmed);
      }
      return transaction(transactionId);
    },
    /** Sends any notification about a transaction, signed unless `signature_key` is among the overrides. */
    notify: (id: string, overrides?: Json): Promise<void> => notifier.notify(transaction(id), { overrides }),
    /** The dashboard's test button: an invented order that GET status does not know. */
    testNotification: (): Promise<void> => notifier.notify(testTransaction(context)),
    notifications: (id?: string): readonly Delivery[] =>
      notifier.log().filter((one) => id === undefined || one.orderId === id || one.transactionId === id),
    resend: notifier.resend,
    /** Resolves when no notification is under way. */
    idle: notifier.idle,
    faults: { add: faults.add, remove: faults.remove, clear: faults.clear, list: faults.list },
    /** A single-use token for one of the test cards. */
    cardToken: (card: CardBehaviour): string => {
      const token = tokens.issue(testCards[card]);
      if (token === undefined) throw new NotPossible(`no test card is called ${card}`);
      return token;
    },
    setBalance: (balance: Rupiah): void => {
      merchant.balance = balance;
    },
    now: clock.now,
    /** Turns the gateway's clock forward and does what falls due: expiry, settlement, retries. */
    advance: clock.advance,
  };
};
