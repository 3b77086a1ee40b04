// One call from its content to its answer: charge or operation, with the faults that concern the work itself (midtrans.md §2, §7).
import { setTimeout as pause } from 'node:timers/promises';
import { isTrouble, type Trouble } from './answer.ts';
import type { Call } from './call.ts';
import { charge } from './charge.ts';
import { chargeAnswerOf } from './charge-answer.ts';
import { parseCharge } from './charge-request.ts';
import type { CallFault } from './fault.schema.ts';
import type { Faults, Subject } from './faults.ts';
import { isRecord } from './json.ts';
import type { Office } from './merchant.ts';
import { METHODS } from './methods.ts';
import type { Notifier } from './notifier.ts';
import { approve, cancel, capture, type Done, deny, expire, status } from './operations.ts';
import { pay } from './pay.ts';
import { refund } from './refund.ts';

export type Gateway = {
  /** Whom a call is about, for the fault script and the idempotency rules. */
  readonly subjectOf: (call: Call) => Subject;
  /** Whether the call's Idempotency-Key counts (§1.4: not for Permata). */
  readonly honoursKey: (call: Call) => boolean;
  /** Does the work. Notifications that overtake the answer are sent and answered before it returns. */
  readonly perform: (call: Call, faults: readonly CallFault[]) => Promise<Done | Trouble>;
};

export type GatewayOptions = { readonly office: Office; readonly faults: Faults; readonly notifier: Notifier };

/** How long a charge waits for us to answer the notification that overtakes it. */
const EARLY_WAIT_MS = 5_000;

export const createGateway = ({ office, faults, notifier }: GatewayOptions): Gateway => {
  const { book, merchant } = office;

  const subjectOf = ({ operation, id, body }: Call): Subject => {
    if (operation === 'charge') {
      const request = parseCharge(body);
      return isTrouble(request) ? {} : { orderId: request.orderId, method: request.method };
    }
    const named = operation === 'capture' && isRecord(body) ? String(body.transaction_id) : id;
    const transaction = book.ledger.find(named);
    return transaction ? { orderId: transaction.orderId, method: transaction.method } : { orderId: named };
  };

  const destinationsOf = ({ overrideUrls, appendUrls }: Call): readonly string[] =>
    overrideUrls.length > 0 ? overrideUrls : [...merchant.destinations, ...appendUrls];

  const performCharge = async (call: Call, given: readonly CallFault[]): Promise<Done | Trouble> => {
    const request = parseCharge(call.body);
    if (isTrouble(request)) return request;
    if (request.method === 'permata_va' && call.contentType !== 'application/json') return { code: '408' };
    const fee = given.reduce((sum, fault) => (fault.kind === 'fee' ? sum + fault.amount : sum), 0);
    const declined = given.some(({ kind }) => kind === 'decline');
    const transaction = charge(request, { destinations: destinationsOf(call), fee, declined }, office);
    if ('code' in transaction) return transaction;
    const body = chargeAnswerOf(transaction, office.url());
    const early = faults.early({
      orderId: transaction.orderId,
      method: transaction.method,
      status: transaction.state.status,
    });
    if (!early) return { body, tell: transaction };
    const told = [notifier.tell(transaction)];
    const paid = early.pay ? pay(transaction, {}, office) : undefined;
    if (paid && !isTrouble(paid) && paid !== transaction) told.push(notifier.tell(paid));
    await Promise.race([Promise.all(told), pause(EARLY_WAIT_MS, undefined, { ref: false })]);
    return { body };
  };

  /** The customer is a moment faster than our cancel. */
  const payFirst = async (id: string): Promise<void> => {
    const transaction = book.ledger.find(id);
    const paid = transaction && pay(transaction, {}, office);
    if (paid && !isTrouble(paid)) void notifier.tell(paid);
  };

  const performOperation = (call: Call, given: readonly CallFault[]): Done | Trouble => {
    const { operation, id, body, direct } = call;
    switch (operation) {
      case 'status':
        return status(id, office);
      case 'cancel':
        return cancel(id, office);
      case 'expire':
        return expire(id, office);
      case 'refund':
        return refund(
          { id, request: body, terms: { declined: given.some(({ kind }) => kind === 'decline'), direct } },
          office,
        );
      case 'approve':
        return approve(id, office);
      case 'deny':
        return deny(id, office);
      case 'capture':
      case 'charge':
        return capture(body, office);
    }
  };

  return {
    subjectOf,
    honoursKey: (call) => {
      const { method } = subjectOf(call);
      return call.operation !== 'charge' || method === undefined || METHODS[method].idempotent;
    },
    perform: async (call, given) => {
      if (given.some(({ kind }) => kind === 'pay_first')) await payFirst(call.id);
      return call.operation === 'charge' ? performCharge(call, given) : performOperation(call, given);
    },
  };
};
