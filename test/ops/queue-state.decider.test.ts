/** What is wrong with a queue: the third question of diagnose. */
import { describe, expect, it } from 'vitest';
import { judgeQueue, type QueueState } from '../../functions/ops/queue-state.decider.ts';

describe('Question 3, the queues', () => {
  const queue = (more: Partial<QueueState> = {}): QueueState => ({
    name: 'tuntas-local-dispatch',
    visible: 0,
    inFlight: 0,
    delayed: 0,
    oldestSeconds: 0,
    isDeadLetters: false,
    ...more,
  });

  it('[DSP-11] finds dead letters, each with the heading of its kind', () => {
    const dead = (name: string) => judgeQueue(queue({ name, visible: 2, isDeadLetters: true }))[0];
    expect(dead('tuntas-prod-dispatch-dead')).toMatchObject({
      evidence: '2 dead letters',
      runbook: 'queues.md#messages-were-given-up',
    });
    expect(dead('tuntas-prod-outbox-dead')?.runbook).toBe('outbox.md#records-or-events-were-parked');
    expect(dead('tuntas-prod-events-dead')?.runbook).toBe('queues.md#events-were-not-delivered');
  });

  it('[DSP-11] counts messages that are visible, in flight or delayed', () => {
    const evidence = (more: Partial<QueueState>) => judgeQueue(queue({ isDeadLetters: true, ...more }))[0]?.evidence;
    expect(evidence({ visible: 1 })).toBe('1 dead letter');
    expect(evidence({ visible: 1, inFlight: 2, delayed: 4 })).toBe('7 dead letters');
    expect(evidence({ inFlight: 1 })).toBe('1 dead letter');
    expect(evidence({ delayed: 1 })).toBe('1 dead letter');
  });

  it('[DSP-11] finds a message that waits too long for its queue', () => {
    const waiting = (name: string, oldestSeconds: number) =>
      judgeQueue(queue({ name, visible: 3, oldestSeconds })).map((one) => one.evidence);
    expect(waiting('tuntas-local-dispatch', 31)).toEqual(['the oldest of 3 messages has waited 31 s, more than 30 s']);
    expect(waiting('tuntas-local-dispatch', 30)).toEqual([]);
    expect(waiting('tuntas-local-timers', 900)).toEqual([]);
    expect(waiting('tuntas-local-notify', 61)).toHaveLength(1);
  });

  it('[DSP-11] finds nothing in a queue that is merely full, empty, or of unknown age', () => {
    expect(judgeQueue(queue({ visible: 5_000, oldestSeconds: 3 }))).toEqual([]);
    expect(judgeQueue(queue({ oldestSeconds: 500 }))).toEqual([]);
    expect(judgeQueue(queue({ visible: 1, oldestSeconds: undefined }))).toEqual([]);
    expect(judgeQueue(queue({ name: 'tuntas-local-dispatch-dead', isDeadLetters: true, oldestSeconds: 99 }))).toEqual(
      [],
    );
  });
});
