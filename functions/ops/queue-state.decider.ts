/** What diagnose answers about the queues (DSP-11, question 3). */
import { type Finding, questions, type Runbook } from './diagnose.questions.ts';

export type QueueState = {
  readonly name: string;
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
  /** Missing when it is not known. */
  readonly oldestSeconds?: number | undefined;
  readonly isDeadLetters: boolean;
};

/** How long the oldest message may wait, in seconds, as in the alarms; a timer may have been delayed for 15 minutes. */
const longestWaits: readonly (readonly [name: RegExp, seconds: number])[] = [
  [/-dispatch$/, 30],
  [/-timers$/, 1_200],
];
const longestWaitOf = (name: string): number => longestWaits.find(([pattern]) => pattern.test(name))?.[1] ?? 60;

const deadLetterRunbooks: readonly (readonly [name: RegExp, runbook: Runbook])[] = [
  [/-(outbox|story)-dead$/, 'outbox.md#records-or-events-were-parked'],
  [/-events-dead$/, 'queues.md#events-were-not-delivered'],
];
const deadLetterRunbook = (name: string): Runbook =>
  deadLetterRunbooks.find(([pattern]) => pattern.test(name))?.[1] ?? 'queues.md#messages-were-given-up';

/** What is wrong with one queue. */
export const judgeQueue = (queue: QueueState): readonly Finding[] => {
  const { name, visible, inFlight, delayed, oldestSeconds = 0, isDeadLetters } = queue;
  const depth = visible + inFlight + delayed;
  if (depth === 0) return [];
  const found = (evidence: string, runbook: Runbook) => [
    { question: 'queues', subject: name, evidence, runbook } as const,
  ];
  if (isDeadLetters) return found(`${depth} dead letter${depth > 1 ? 's' : ''}`, deadLetterRunbook(name));
  const longest = longestWaitOf(name);
  if (oldestSeconds <= longest) return [];
  const waited = `the oldest of ${depth} messages has waited ${Math.round(oldestSeconds)} s, more than ${longest} s`;
  return found(waited, questions.queues.runbook);
};
