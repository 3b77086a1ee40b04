/** A standard queue: no order, copies, delays, visibility, bounded receives, dead letters, retention. */
import type { Engine } from './engine.ts';
import type { Faults } from './faults.ts';
import type { QueuePlan } from './plans.ts';

export type Message = {
  readonly id: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly sentAt: number;
  visibleAt: number;
  receives: number;
  receipt: string;
  /** Why it is here once more. */
  readonly again?: Again | undefined;
};
export type Again = 'duplicate' | 'replay';
type Attributes = Message['attributes'];

export type QueueOptions = {
  readonly engine: Engine;
  readonly faults: Faults;
  /** Called when a message may have become visible. */
  readonly onVisible: () => void;
  readonly putDead: (body: string, attributes: Attributes) => void;
};

export const queue = (plan: QueuePlan, { engine, faults, onVisible, putDead }: QueueOptions) => {
  const messages = new Set<Message>();
  let sent = 0;

  const put = (body: string, attributes: Attributes, delayMs: number, again?: Again): void => {
    const copies = faults.copies();
    for (let copy = 1; copy <= copies; copy += 1) {
      sent += 1;
      const id = `${plan.url.split('/').at(-1)}-${sent}`;
      const visibleAt = engine.now() + delayMs + faults.delay(20);
      const origin = again ?? (copy > 1 ? 'duplicate' : undefined);
      messages.add({ id, body, attributes, sentAt: engine.now(), visibleAt, receives: 0, receipt: '', again: origin });
      engine.after(visibleAt - engine.now(), onVisible);
    }
  };
  const isSpent = ({ receives }: Message): boolean =>
    plan.deadLetters !== undefined && receives >= plan.deadLetters.receives;
  const take = (message: Message): void => {
    message.receives += 1;
    message.receipt = `${message.id}/${message.receives}`;
    message.visibleAt = engine.now() + plan.visibilityMs;
    engine.after(plan.visibilityMs, onVisible);
  };
  return {
    plan,
    messages,
    /** How many messages were sent to it so far. */
    sent: (): number => sent,
    put,
    /** Up to `limit` visible messages, any of them first. */
    receive: (limit: number): readonly Message[] => {
      const visible = [...messages].filter(({ visibleAt }) => visibleAt <= engine.now());
      const taken: Message[] = [];
      while (taken.length < limit && visible.length > 0) {
        const [message] = visible.splice(engine.random.below(visible.length), 1) as [Message];
        if (engine.now() - message.sentAt > plan.retentionMs) messages.delete(message);
        else if (isSpent(message)) {
          messages.delete(message);
          putDead(message.body, message.attributes);
        } else {
          take(message);
          taken.push(message);
        }
      }
      return taken;
    },
    /** Deletes by receipt: that of an earlier delivery no longer deletes. A message may come once more anyway. */
    done: (message: Message, receipt: string): void => {
      if (message.receipt !== receipt) return;
      messages.delete(message);
      const later = faults.replay();
      if (later !== undefined) engine.after(later, () => put(message.body, message.attributes, 0, 'replay'));
    },
    /** A receipt of an earlier delivery changes nothing. */
    delay: (receipt: string, seconds: number): void => {
      const message = [...messages].find((one) => one.receipt === receipt);
      if (!message) return;
      message.visibleAt = engine.now() + seconds * 1_000;
      engine.after(seconds * 1_000, onVisible);
    },
    /** An operator's redrive: all messages go to another queue. */
    redriveTo: (to: { readonly put: typeof put }): void => {
      const all = [...messages];
      messages.clear();
      for (const { body, attributes } of all) to.put(body, attributes, 0);
    },
  };
};
export type Queue = ReturnType<typeof queue>;
