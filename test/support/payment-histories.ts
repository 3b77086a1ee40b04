/** What can happen to a payment at the simulated gateway of a running stack, step by step, and how it must end. */
import { expect } from 'vitest';
import { midtransKey } from '../../local/gateway/own-key.ts';
import { fare, type PaymentsStack } from './payments-stack.ts';

export type Step = (ref: string) => Promise<unknown>;
/** Of the payment and its order in the end; the last three are published: settlements, reversals, rupiah back. */
export type End = readonly [
  status: string,
  refunded: number,
  order: string,
  settled: number,
  reversed: number,
  chargedBack: number,
];
export type History = {
  readonly name: string;
  readonly body: () => Promise<object> | object;
  readonly steps: readonly Step[];
  /** When the gateway sends all of it afterwards. */
  readonly after: End;
  /** When it sends each step as it happens, where the end differs. */
  readonly during?: End;
};

/** @param stackOf called when a step is taken: the stack starts after the tests are named */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: a table
export const historiesOn = (stackOf: () => PaymentsStack): readonly History[] => {
  const does =
    (what: string, body: object = {}): Step =>
    (ref) =>
      stackOf().gateway('POST', `transactions/${ref}/${what}`, body);
  /** As by the gateway's dashboard: with the key, past us. */
  const byDashboard =
    (what: string, body: object = {}): Step =>
    async (ref) => {
      const response = await fetch(`${stackOf().ready.midtrans}/v2/${ref}/${what}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Basic ${btoa(`${midtransKey()}:`)}` },
        body: JSON.stringify(body),
      });
      expect(((await response.json()) as { status_code: string }).status_code).toMatch(/^(200|407)$/);
    };
  const refund =
    (key: string, amount: number): Step =>
    (ref) =>
      byDashboard('refund', { refund_key: `${key}-${ref}`, amount, reason: 'salah rute 🙏' })(ref);
  const card = async (kind: string): Promise<object> => ({
    method: 'card',
    cardToken: (await stackOf().gateway('POST', 'card-tokens', { card: kind })).token_id,
  });

  return [
    {
      name: 'a transfer, paid',
      body: () => ({ method: 'bca_va' }),
      steps: [does('pay')],
      after: ['PAID', 0, 'PAID', 1, 0, 0],
    },
    {
      name: 'a bill, paid',
      body: () => ({ method: 'mandiri_bill' }),
      steps: [does('pay')],
      after: ['PAID', 0, 'PAID', 1, 0, 0],
    },
    {
      name: 'a transfer, expired',
      body: () => ({ method: 'bni_va' }),
      steps: [does('expire')],
      after: ['EXPIRED', 0, 'FINISHED', 0, 0, 0],
    },
    {
      name: 'a transfer, cancelled by the dashboard',
      body: () => ({ method: 'bri_va' }),
      steps: [byDashboard('cancel')],
      after: ['CANCELLED', 0, 'FINISHED', 0, 0, 0],
    },
    {
      name: 'a code that failed',
      body: () => ({ method: 'qris' }),
      steps: [does('fail')],
      after: ['FAILED', 0, 'FINISHED', 0, 0, 0],
    },
    {
      name: 'a transfer, paid and reversed',
      body: () => ({ method: 'permata_va' }),
      steps: [does('pay'), does('reverse')],
      after: ['REVERSED', 0, 'FINISHED', 1, 1, 0],
    },
    {
      name: 'a card, denied',
      body: () => card('deny'),
      steps: [does('pay')],
      after: ['DENIED', 0, 'FINISHED', 0, 0, 0],
    },
    {
      name: 'a card, captured and settled',
      body: () => card('accept'),
      steps: [does('pay'), does('settle')],
      after: ['PAID', 0, 'PAID', 1, 0, 0],
    },
    {
      name: 'a card, charged back in two parts',
      body: () => card('accept'),
      steps: [
        does('pay'),
        does('settle'),
        does('chargeback', { amount: 30_000 }),
        does('chargeback', { amount: 50_000 }),
      ],
      after: ['PARTIALLY_CHARGED_BACK', 0, 'FINISHED', 1, 0, 50_000],
    },
    {
      name: 'a card, charged back, and the dispute won',
      body: () => card('accept'),
      steps: [does('pay'), does('settle'), does('chargeback'), does('win-dispute')],
      after: ['PAID', 0, 'PAID', 1, 0, 0],
      during: ['PAID', 0, 'PAID', 1, 0, fare],
    },
    {
      name: 'a card, captured and voided',
      body: () => card('accept'),
      steps: [does('pay'), byDashboard('cancel')],
      after: ['REVERSED', 0, 'FINISHED', 1, 1, 0],
    },
    {
      name: 'a card, reviewed, approved and settled',
      body: () => card('challenge'),
      steps: [does('pay'), byDashboard('approve'), does('settle')],
      after: ['PAID', 0, 'PAID', 1, 0, 0],
    },
    {
      name: 'a card, reviewed and refused',
      body: () => card('challenge'),
      steps: [does('pay'), byDashboard('deny')],
      after: ['DENIED', 0, 'FINISHED', 0, 0, 0],
    },
    {
      name: 'a wallet, given back in part',
      body: () => ({ method: 'gopay' }),
      steps: [does('pay'), refund('rf-1', 20_000), does('confirm-refunds')],
      after: ['PARTIALLY_REFUNDED', 20_000, 'FINISHED', 1, 0, 0],
    },
    {
      name: 'a code, given back in two parts, both confirmed',
      body: () => ({ method: 'qris' }),
      steps: [
        does('pay'),
        refund('rf-1', 20_000),
        does('confirm-refunds'),
        refund('rf-2', 67_000),
        does('confirm-refunds'),
      ],
      after: ['REFUNDED', fare, 'FINISHED', 1, 0, 0],
    },
    {
      name: 'a card, charged back in part, then whole',
      body: () => card('accept'),
      steps: [does('pay'), does('settle'), does('chargeback', { amount: 30_000 }), does('chargeback')],
      after: ['CHARGED_BACK', 0, 'FINISHED', 1, 0, fare],
    },
  ];
};
