// What the bank says to a card: the test cards' behaviour as commands (midtrans.md §6, sandbox cards).

import type { Command } from './transaction.decider.ts';
import type { CardFacts, Instant } from './transaction.ts';
import { MINUTE } from './wib.ts';

/** How long the card that answers late stays pending. */
export const SLOW_CARD = MINUTE;

export const BANK_DECLINE = { code: '05', message: 'Do not honor' } as const;
const FRAUD_DECLINE = { code: '05', message: 'Denied by fraud detection system' } as const;

const approved = ({ preAuthorization }: CardFacts, at: Instant): Command =>
  preAuthorization ? { type: 'authorize' } : { type: 'capture', fraud: 'accept', at };

/** The bank's word now, or `later` for the card that stays pending for a minute. */
export const cardOutcome = (card: CardFacts, at: Instant): Command | 'later' => {
  switch (card.behaviour) {
    case 'accept':
      return approved(card, at);
    case 'challenge':
      return { type: 'capture', fraud: 'challenge', at };
    case 'deny':
      return { type: 'deny', fraud: 'accept', response: BANK_DECLINE };
    case 'fraud':
      return { type: 'deny', fraud: 'deny', response: FRAUD_DECLINE };
    case 'slow':
      return 'later';
  }
};

export const afterAMinute = (card: CardFacts, at: Instant): Command => approved(card, at);
