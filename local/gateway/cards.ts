/** Test cards, the tokens a browser gets for them, and how the bank answers them (midtrans.md §2.2, §6). */
import type { Chance } from './chance.ts';
import type { Command } from './transaction.decider.ts';
import type { CardBehaviour, CardFacts, Instant } from './transaction.ts';
import { hour } from './wib.ts';

/** The documented test cards, and one from the older documentation for the fraud review. */
export const testCards: Readonly<Record<CardBehaviour, string>> = {
  accept: '4811111111111114',
  deny: '4911111111111113',
  fraud: '4611111111111116',
  slow: '4024007176265022',
  challenge: '4511111111111117',
};

export type Card = Pick<CardFacts, 'masked' | 'behaviour'>;
export type CardTokens = ReturnType<typeof cardTokens>;

export const cardTokens = (chance: Chance, now: () => Instant) => {
  const open = new Map<string, Card & { readonly until: Instant }>();
  return {
    /** A single-use token of 50 characters, valid for an hour; undefined for a number that is not a test card. */
    issue: (cardNumber: string): string | undefined => {
      const digits = cardNumber.replaceAll(/\D/g, '');
      const behaviour = (Object.keys(testCards) as CardBehaviour[]).find((kind) => testCards[kind] === digits);
      if (!behaviour) return undefined;
      const masked = `${digits.slice(0, 8)}-${digits.slice(-4)}`;
      const token = `${masked}-${chance.uuid()}`;
      open.set(token, { masked, behaviour, until: now() + hour });
      return token;
    },
    /** The card behind a token, once; undefined when it is unknown, used or too old. */
    redeem: (tokenId: string): Card | undefined => {
      const card = open.get(tokenId);
      open.delete(tokenId);
      return card && card.until > now() ? card : undefined;
    },
  };
};

export const bankDecline: Command = {
  type: 'deny',
  fraud: 'accept',
  response: { code: '05', message: 'Do not honor' },
};

export const approved = ({ preAuthorization }: CardFacts, at: Instant): Command =>
  preAuthorization ? { type: 'authorize' } : { type: 'capture', fraud: 'accept', at };

/** The bank's answer, or `later` for the card that stays pending for a minute and is then approved. */
export const bankAnswer = (card: CardFacts, at: Instant): Command | 'later' => {
  switch (card.behaviour) {
    case 'accept':
      return approved(card, at);
    case 'challenge':
      return { type: 'capture', fraud: 'challenge', at };
    case 'deny':
      return bankDecline;
    case 'fraud':
      return { type: 'deny', fraud: 'deny', response: { code: '05', message: 'Denied by fraud detection system' } };
    case 'slow':
      return 'later';
  }
};
