/** What diagnose asks of the queues (DSP-11, question 3). */
import { type Finding, questions, type Runbook } from './diagnose.questions.ts';

export type QueueState = {
  readonly name: string;
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
  /** Nothing when nobody knows. */
  readonly oldestSeconds?: number | undefined;
  readonly isDeadLetters: boolean;
};

/** How long the oldest message may wait, in seconds. As the alarms have it; a timer may have been delayed for 15 minutes. */
const patience: readonly (readonly [name: RegExp, seconds: number])[] = [
  [/-dispatch$/, 30],
  [/-timers$/, 1_200],
  [/./, 60],
];
const patienceOf = (name: string): number => patience.find(([pattern]) => pattern.test(name))?.[1] ?? 60;

const deadLetterRunbooks: readonly (readonly [name: RegExp, runbook: Runbook])[] = [
  [/-(outbox|story)-dead$/, 'outbox.md#records-of-the-stream-were-given-up'],
  [/-events-dead$/, 'queues.md#events-were-not-delivered'],
];
const deadLetterRunbook = (name: string): Runbook =>
  deadLetterRunbooks.find(([pattern]) => pattern.test(name))?.[1] ?? 'queues.md#messages-were-given-up';

/** What is wrong with one queue. */
export const judgeQueue = ({
  name,
  visible,
  inFlight,
  delayed,
  oldestSeconds,
  isDeadLetters,
}: QueueState): readonly Finding[] => {
  const depth = visible + inFlight + delayed;
  if (isDeadLetters)
    return depth === 0
      ? []
      : [
          {
            question: 'queues',
            subject: name,
            evidence: `${depth} dead letter${depth > 1 ? 's' : ''}`,
            runbook: deadLetterRunbook(name),
          },
        ];
  const late = depth > 0 && oldestSeconds !== undefined && oldestSeconds > patienceOf(name);
  return late
    ? [
        {
          question: 'queues',
          subject: name,
          evidence: `the oldest of ${depth} messages has waited ${Math.round(oldestSeconds)} s, more than ${patienceOf(name)} s`,
          runbook: questions.queues.runbook,
        },
      ]
    : [];
};
