/** The customer pays: at the bank, with the wallet, or on the card's 3DS page. */
import { bankDecline } from './cards.ts';
import type { Chance } from './chance.ts';
import { commandOfBank } from './charge.ts';
import type { Context } from './context.ts';
import { Refused } from './errors.ts';
import type { Transaction } from './transaction.ts';

export type Payment = {
  /** QRIS: with a wallet of another company. */
  readonly offUs?: boolean | undefined;
  /** GoPay: by scanning the code, which is reported as QRIS. */
  readonly scanned?: boolean | undefined;
};

const payerOf = ({ method }: Transaction, { offUs = false, scanned = false }: Payment, chance: Chance) => {
  if (method !== 'qris' && !(method === 'gopay' && scanned)) return undefined;
  return { issuer: offUs ? 'dana' : 'gopay', offUs, crossReferenceId: chance.uuid(), scanned: method === 'gopay' };
};

const requirePending = ({ state }: Transaction): void => {
  if (state.status !== 'pending') throw new Refused('412');
};

/**
 * Pays a pending transaction; the same transaction is returned when the bank answers later.
 * @throws Refused (412) when it is not pending
 */
export const pay = (transaction: Transaction, payment: Payment, context: Context): Transaction => {
  requirePending(transaction);
  const { store, clock, chances } = context;
  const { instructions } = transaction;
  if (instructions.kind === 'card') {
    const command = commandOfBank(instructions.card, transaction, context);
    return command ? store.run(command, transaction) : transaction;
  }
  const payer = payerOf(transaction, payment, chances(`pay/${transaction.transactionId}`));
  return store.run({ type: 'settle', at: clock.now(), ...(payer && { payer }) }, transaction);
};

/** The customer gives up: a card is denied; wallets and banks do not report it, and it stays pending (§2.2). */
export const giveUp = (transaction: Transaction, { store }: Context): Transaction => {
  requirePending(transaction);
  return transaction.method === 'card' ? store.run(bankDecline, transaction) : transaction;
};
