/** One call from its content to its answer, with the faults that concern the work (midtrans.md §2, §7). */
import { setTimeout as pause } from 'node:timers/promises';
import { isRecord } from '../json.ts';
import type { Call } from './call.ts';
import { charge } from './charge.ts';
import { chargeAnswerOf } from './charge-answer.ts';
import { parseCharge } from './charge-request.ts';
import type { Context } from './context.ts';
import { Refused } from './errors.ts';
import type { CallFault } from './fault.schema.ts';
import type { Subject } from './faults.ts';
import { methods } from './methods.ts';
import { type Outcome, operations } from './operations.ts';
import { pay } from './pay.ts';
import type { Transaction } from './transaction.ts';

/** How long a charge waits for the answer to the notification that overtakes it. */
const earlyWaitMs = 5_000;

const isDeclined = (given: readonly CallFault[]): boolean => given.some(({ kind }) => kind === 'decline');

export const createGateway = (context: Context) => {
  const { store, notifier, faults, merchant } = context;

  const subjectOf = ({ operation, id, body }: Call): Subject => {
    if (operation === 'charge') {
      try {
        return parseCharge(body);
      } catch (error) {
        if (error instanceof Refused) return {};
        throw error;
      }
    }
    const orderId = operation === 'capture' && isRecord(body) ? String(body.transaction_id) : id;
    return store.find(orderId) ?? { orderId };
  };

  /** The customer pays, if they can. */
  const payIfPending = (transaction: Transaction): Promise<void> | undefined => {
    if (transaction.state.status !== 'pending') return undefined;
    const paid = pay(transaction, {}, context);
    return paid === transaction ? undefined : notifier.notify(paid);
  };

  const performCharge = async (call: Call, given: readonly CallFault[]): Promise<Outcome> => {
    const request = parseCharge(call.body);
    if (request.method === 'permata_va' && call.contentType !== 'application/json') throw new Refused('408');
    const { overrideUrls, appendUrls } = call;
    const destinations = overrideUrls.length > 0 ? overrideUrls : [...merchant.destinations, ...appendUrls];
    const fee = given.reduce((sum, fault) => (fault.kind === 'fee' ? sum + fault.amount : sum), 0);
    const declined = isDeclined(given);
    const transaction = charge(request, { destinations, fee, declined }, context);
    const body = chargeAnswerOf(transaction, context.url());
    const early = faults.early({ ...transaction, status: transaction.state.status });
    if (!early) return { body, notify: transaction };
    const notified = [notifier.notify(transaction), early.pay ? payIfPending(transaction) : undefined];
    await Promise.race([Promise.all(notified), pause(earlyWaitMs, undefined, { ref: false })]);
    return { body };
  };

  return {
    /** What a call is about, for the fault script and the idempotency rules. */
    subjectOf,
    /** Whether the call's Idempotency-Key counts (§1.4: not for Permata). */
    honoursKey: (call: Call): boolean => {
      const { method } = subjectOf(call);
      return call.operation !== 'charge' || method === undefined || !methods[method].ignoresIdempotencyKey;
    },
    /**
     * Does the work. Notifications that overtake the answer are sent and answered before it returns.
     * @throws Refused
     */
    perform: async (call: Call, given: readonly CallFault[]): Promise<Outcome> => {
      const transaction = store.find(call.id);
      if (transaction && given.some(({ kind }) => kind === 'pay_first')) void payIfPending(transaction);
      if (call.operation === 'charge') return performCharge(call, given);
      return operations[call.operation]({ ...call, declined: isDeclined(given) }, context);
    },
  };
};
