// Test cards and the tokens a browser would get for them (midtrans.md §2.2, §6).
import type { Chance } from './chance.ts';
import type { CardBehaviour, Instant } from './transaction.ts';
import { HOUR } from './wib.ts';

/** The documented test cards, and one from the older documentation for the fraud review. */
export const TEST_CARDS: Readonly<Record<CardBehaviour, string>> = {
  accept: '4811111111111114',
  deny: '4911111111111113',
  fraud: '4611111111111116',
  slow: '4024007176265022',
  challenge: '4511111111111117',
};

const TOKEN_LIFETIME = HOUR;

export type Card = { readonly masked: string; readonly behaviour: CardBehaviour };

export type CardTokens = {
  /** A single-use token of 50 characters for a card number; undefined for a number that is none of the test cards. */
  readonly issue: (cardNumber: string) => string | undefined;
  /** The card behind a token, once; undefined when it is unknown, used or too old. */
  readonly redeem: (tokenId: string) => Card | undefined;
};

export const cardTokens = (chance: Chance, now: () => Instant): CardTokens => {
  const open = new Map<string, Card & { readonly until: Instant }>();
  return {
    issue: (cardNumber) => {
      const digits = cardNumber.replaceAll(/\D/g, '');
      const behaviour = (Object.keys(TEST_CARDS) as CardBehaviour[]).find((kind) => TEST_CARDS[kind] === digits);
      if (!behaviour) return undefined;
      const masked = `${digits.slice(0, 8)}-${digits.slice(-4)}`;
      const token = `${masked}-${chance.uuid()}`;
      open.set(token, { masked, behaviour, until: now() + TOKEN_LIFETIME });
      return token;
    },
    redeem: (tokenId) => {
      const card = open.get(tokenId);
      open.delete(tokenId);
      return card && card.until > now() ? card : undefined;
    },
  };
};
