/** Where the customer pays: virtual account numbers, bill keys, QR strings (midtrans.md §2.2). */
import type { Card } from './cards.ts';
import type { Chance } from './chance.ts';
import type { MethodTerms } from './charge-method.ts';
import { type Method, methods } from './methods.ts';
import type { Instructions } from './transaction.ts';

/** Mandiri pads to six digits only. */
const shortestBillKey = 6;

const fitted = (method: Method, requested: string, longest: number): string =>
  requested.slice(0, longest).padStart(method === 'mandiri_bill' ? shortestBillKey : longest, '0');

export type Numbers = ReturnType<typeof numbersInUse>;

export const numbersInUse = () => {
  const inUse = new Set<string>();
  return {
    /** A number under which no payment is open: the requested one if it is free. */
    issue: (method: Method, requested: string | undefined, chance: Chance): string => {
      const { own, chosen } = methods[method].digits ?? { own: 16, chosen: 16 };
      let number = requested === undefined ? `7${chance.digits(own - 1)}` : fitted(method, requested, chosen);
      while (inUse.has(`${method}/${number}`))
        number = `7${chance.digits((requested === undefined ? own : chosen) - 1)}`;
      inUse.add(`${method}/${number}`);
      return number;
    },
    occupy: (method: Method, number: string): void => void inUse.add(`${method}/${number}`),
    release: (method: Method, number: string): void => void inUse.delete(`${method}/${number}`),
  };
};

const mandiriBiller = '70012';
const bankOfCards = 'bni';
const bankOf = { bca_va: 'bca', bni_va: 'bni', bri_va: 'bri', cimb_va: 'cimb' } as const;

export type Issue = { readonly method: Method; readonly terms: MethodTerms; readonly card: Card | undefined };

export const issueInstructions = ({ method, terms, card }: Issue, numbers: Numbers, chance: Chance): Instructions => {
  const number = (): string => numbers.issue(method, terms.requestedNumber, chance);
  switch (method) {
    case 'bca_va':
    case 'bni_va':
    case 'bri_va':
    case 'cimb_va':
      return { kind: 'va', bank: bankOf[method], number: number() };
    case 'permata_va':
      return { kind: 'permata', number: number() };
    case 'mandiri_bill':
      return { kind: 'bill', billerCode: mandiriBiller, billKey: number(), info: terms.billInfo ?? [] };
    case 'qris': {
      const qrString = `00020101021226620014COM.GO-JEK.WWW01${chance.digits(40)}6304`;
      return { kind: 'qris', acquirer: terms.acquirer ?? 'gopay', qrString };
    }
    case 'gopay':
      return { kind: 'gopay', ...(terms.callbackUrl !== undefined && { callbackUrl: terms.callbackUrl }) };
    case 'card': {
      if (!card) throw new Error('a card charge needs a card');
      const { threeDs = false, preAuthorization = false } = terms;
      const { masked, behaviour } = card;
      const approvalCode = chance.digits(13);
      return { kind: 'card', card: { masked, bank: bankOfCards, threeDs, preAuthorization, approvalCode, behaviour } };
    }
  }
};

/** The number a transaction occupies, if it has one. */
export const occupiedNumber = (instructions: Instructions): string | undefined => {
  if (instructions.kind === 'bill') return instructions.billKey;
  return 'number' in instructions ? instructions.number : undefined;
};
