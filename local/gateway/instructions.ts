// Where the customer pays: virtual account numbers, bill keys, QR strings (midtrans.md §2.2).
import type { Card } from './cards.ts';
import type { Chance } from './chance.ts';
import type { Ask } from './charge-method.ts';
import type { Method } from './methods.ts';
import type { Instructions } from './transaction.ts';

/** How long the gateway's own numbers are, and the longest a merchant may choose. */
const LENGTHS: Readonly<Partial<Record<Method, { readonly own: number; readonly chosen: number }>>> = {
  bca_va: { own: 11, chosen: 11 },
  bni_va: { own: 16, chosen: 8 },
  bri_va: { own: 18, chosen: 13 },
  cimb_va: { own: 16, chosen: 12 },
  permata_va: { own: 16, chosen: 10 },
  mandiri_bill: { own: 12, chosen: 12 },
};

/** Mandiri pads to six digits only. */
const BILL_KEY_SHORTEST = 6;

export type Numbers = {
  /** A number nobody is asked to pay to at the moment: the wanted one if it is free. */
  readonly issue: (method: Method, wanted: string | undefined, chance: Chance) => string;
  readonly occupy: (method: Method, number: string) => void;
  readonly release: (method: Method, number: string) => void;
};

const fitted = (method: Method, wanted: string, longest: number): string =>
  wanted.slice(0, longest).padStart(method === 'mandiri_bill' ? BILL_KEY_SHORTEST : longest, '0');

export const numbersInUse = (): Numbers => {
  const inUse = new Set<string>();
  return {
    issue: (method, wanted, chance) => {
      const { own, chosen } = LENGTHS[method] ?? { own: 16, chosen: 16 };
      let number = wanted === undefined ? `7${chance.digits(own - 1)}` : fitted(method, wanted, chosen);
      while (inUse.has(`${method}/${number}`)) number = `7${chance.digits((wanted === undefined ? own : chosen) - 1)}`;
      inUse.add(`${method}/${number}`);
      return number;
    },
    occupy: (method, number) => void inUse.add(`${method}/${number}`),
    release: (method, number) => inUse.delete(`${method}/${number}`),
  };
};

const MANDIRI_BILLER = '70012';
const BANK_OF_CARDS = 'bni';

export type Issue = { readonly method: Method; readonly ask: Ask; readonly card: Card | undefined };

export const issueInstructions = ({ method, ask, card }: Issue, numbers: Numbers, chance: Chance): Instructions => {
  switch (method) {
    case 'bca_va':
    case 'bni_va':
    case 'bri_va':
    case 'cimb_va':
      return { kind: 'va', bank: VA_BANKS[method], number: numbers.issue(method, ask.wantedNumber, chance) };
    case 'permata_va':
      return { kind: 'permata', number: numbers.issue(method, ask.wantedNumber, chance) };
    case 'mandiri_bill':
      return {
        kind: 'bill',
        billerCode: MANDIRI_BILLER,
        billKey: numbers.issue(method, ask.wantedNumber, chance),
        info: ask.billInfo ?? [],
      };
    case 'qris':
      return {
        kind: 'qris',
        acquirer: ask.acquirer ?? 'gopay',
        qrString: `00020101021226620014COM.GO-JEK.WWW01${chance.digits(40)}6304`,
      };
    case 'gopay':
      return { kind: 'gopay', ...(ask.callbackUrl !== undefined && { callbackUrl: ask.callbackUrl }) };
    case 'card':
      if (!card) throw new Error('a card charge needs a card');
      return {
        kind: 'card',
        card: {
          masked: card.masked,
          bank: BANK_OF_CARDS,
          threeDs: ask.threeDs === true,
          preAuthorization: ask.preAuthorization === true,
          approvalCode: chance.digits(13),
          behaviour: card.behaviour,
        },
      };
  }
};

const VA_BANKS = { bca_va: 'bca', bni_va: 'bni', bri_va: 'bri', cimb_va: 'cimb' } as const;

/** The number a transaction occupies, if it has one. */
export const occupiedNumber = (instructions: Instructions): string | undefined => {
  switch (instructions.kind) {
    case 'va':
    case 'permata':
      return instructions.number;
    case 'bill':
      return instructions.billKey;
    case 'qris':
    case 'gopay':
    case 'card':
      return undefined;
  }
};
