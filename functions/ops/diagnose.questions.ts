/** The six questions of diagnose (DSP-11), and what a finding is. */

/** A heading of docs/runbooks. */
export type Runbook = `${string}.md#${string}`;
type QuestionText = { readonly number: 1 | 2 | 3 | 4 | 5 | 6; readonly asks: string; readonly runbook: Runbook };

export const questions = {
  'after-decline': {
    number: 1,
    asks: 'Rides dispatched within 10 s after a decline',
    runbook: 'dispatch.md#a-dispatch-was-sent-after-a-decline',
  },
  twice: {
    number: 2,
    asks: 'Rides dispatched more than once to one driver in an hour',
    runbook: 'dispatch.md#a-ride-was-dispatched-twice-to-one-driver',
  },
  queues: { number: 3, asks: 'Redelivery state of the queues', runbook: 'queues.md#a-queue-does-not-keep-up' },
  'pending-offers': {
    number: 4,
    asks: 'Rides that are over with pending offers',
    runbook: 'diagnose.md#a-ride-that-is-over-has-pending-offers',
  },
  pickup: {
    number: 5,
    asks: 'Pickups that differ from their log by more than 0.0001°',
    runbook: 'diagnose.md#a-pickup-differs-from-its-log',
  },
  sequence: {
    number: 6,
    asks: 'Gaps or disorder in the events of a ride',
    runbook: 'diagnose.md#the-events-of-a-ride-have-a-gap',
  },
} as const satisfies Record<string, QuestionText>;
export type Question = keyof typeof questions;

export type Finding = {
  readonly question: Question;
  /** The ride, or the queue. */
  readonly subject: string;
  readonly evidence: string;
  readonly runbook: Runbook;
};
