/** The transition table, written out by hand from the reference (midtrans.md §5.2). */
import { describe, expect, it } from 'vitest';
import { type Command, decide, type Stage } from '../../../local/gateway/transaction.decider.ts';
import type { CardFacts, State, Transaction } from '../../../local/gateway/transaction.ts';

const moment = 1_000;

const states: Readonly<Record<Stage, State>> = {
  pending: { status: 'pending' },
  authorize: { status: 'authorize' },
  capture: { status: 'capture', fraud: 'accept', at: moment },
  challenge: { status: 'capture', fraud: 'challenge', at: moment },
  settlement: { status: 'settlement', settledAt: moment },
  deny: { status: 'deny', fraud: 'accept' },
  cancel: { status: 'cancel', from: 'pending' },
  expire: { status: 'expire' },
  failure: { status: 'failure' },
  refund: { status: 'refund', settledAt: moment, refunds: [] },
  partial_refund: { status: 'partial_refund', settledAt: moment, refunds: [] },
  chargeback: { status: 'chargeback', settledAt: moment, amount: 640_000 },
  partial_chargeback: { status: 'partial_chargeback', settledAt: moment, amount: 1_000 },
};

const card: CardFacts = {
  masked: '48111111-1114',
  bank: 'bni',
  threeDs: true,
  preAuthorization: false,
  approvalCode: '1',
  behaviour: 'accept',
};

const base = {
  transactionId: 't-1',
  orderId: 'INV-1',
  merchantId: 'G1',
  grossAmount: 640_000,
  createdAt: 0,
  expiresAt: moment,
  echo: {},
  destinations: [],
};

const cardIn = (stage: Stage): Transaction => ({
  ...base,
  method: 'card',
  instructions: { kind: 'card', card },
  state: states[stage],
});
const vaIn = (stage: Stage): Transaction => ({
  ...base,
  method: 'bca_va',
  instructions: { kind: 'va', bank: 'bca', number: '1' },
  state: states[stage],
});
const permataIn = (stage: Stage): Transaction => ({
  ...base,
  method: 'permata_va',
  instructions: { kind: 'permata', number: '1' },
  state: states[stage],
});

const after = (command: Command, transaction: Transaction): string => {
  const verdict = decide(command, transaction);
  return verdict.outcome === 'refused' ? verdict.code : verdict.transaction.state.status;
};

const stages = Object.keys(states) as Stage[];

/** What a command makes of a transaction in each stage; 412 where nothing is written. */
const table: readonly (readonly [string, Command, (stage: Stage) => Transaction, Partial<Record<Stage, string>>])[] = [
  ['payment of a virtual account', { type: 'settle', at: moment }, vaIn, { pending: 'settlement' }],
  ['settlement of a card', { type: 'settle', at: moment }, cardIn, { capture: 'settlement' }],
  [
    'capture of a card',
    { type: 'capture', at: moment, fraud: 'accept' },
    cardIn,
    { pending: 'capture', authorize: 'capture' },
  ],
  ['capture of a virtual account', { type: 'capture', at: moment, fraud: 'accept' }, vaIn, {}],
  ['authorization of a card', { type: 'authorize' }, cardIn, { pending: 'authorize' }],
  ['denial', { type: 'deny', fraud: 'accept' }, cardIn, { pending: 'deny', authorize: 'deny', challenge: 'deny' }],
  ['approval of a review', { type: 'approve', at: moment }, cardIn, { challenge: 'capture' }],
  ['rejection of a review', { type: 'reject' }, cardIn, { challenge: 'deny' }],
  [
    'cancellation',
    { type: 'cancel' },
    cardIn,
    { pending: 'cancel', authorize: 'cancel', capture: 'cancel', challenge: 'cancel' },
  ],
  ['expiry', { type: 'expire' }, cardIn, { pending: 'expire', authorize: 'expire' }],
  ['technical failure', { type: 'fail' }, vaIn, { pending: 'failure' }],
  ['reversal at Permata', { type: 'reverse' }, permataIn, { settlement: 'deny' }],
  ['reversal at BCA', { type: 'reverse' }, vaIn, {}],
  [
    'chargeback of all',
    { type: 'charge_back' },
    cardIn,
    { settlement: 'chargeback', partial_chargeback: 'chargeback' },
  ],
  ['chargeback of a part', { type: 'charge_back', amount: 1 }, cardIn, { settlement: 'partial_chargeback' }],
  [
    'chargeback of more',
    { type: 'charge_back', amount: 1_001 },
    cardIn,
    { settlement: 'partial_chargeback', partial_chargeback: 'partial_chargeback' },
  ],
  ['won dispute', { type: 'win_dispute' }, cardIn, { chargeback: 'settlement', partial_chargeback: 'settlement' }],
  ['chargeback without a card', { type: 'charge_back' }, vaIn, {}],
];

describe.each(table)('%s', (_name, command, make, expected) => {
  it.each(stages)('of a transaction in %s', (stage) => {
    expect(after(command, make(stage))).toBe(expected[stage] ?? '412');
  });
});

describe('a refusal', () => {
  const message = (stage: Stage): unknown => {
    const verdict = decide({ type: 'cancel' }, vaIn(stage));
    return verdict.outcome === 'refused' && verdict.message;
  };

  it('has one of two texts for the same code', () => {
    expect(message('settlement')).toBe('Merchant cannot modify the status of the transaction');
    expect(message('expire')).toBe('Transaction status cannot be updated.');
  });
});

describe('a cancellation', () => {
  it('remembers what was cancelled', () => {
    const verdict = decide({ type: 'cancel' }, cardIn('capture'));
    expect(verdict).toMatchObject({ transaction: { state: { status: 'cancel', from: 'capture' } } });
  });
});

describe('a capture of less than was authorized', () => {
  it('becomes the amount of the transaction', () => {
    const verdict = decide({ type: 'capture', at: moment, fraud: 'accept', amount: 500_000 }, cardIn('authorize'));
    expect(verdict).toMatchObject({ transaction: { grossAmount: 500_000 } });
  });
});
