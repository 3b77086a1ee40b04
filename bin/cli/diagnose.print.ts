/** A diagnosis for people and for programs. */
import { iso } from '../../functions/kernel/types.ts';
import { type Finding, type Question, questions } from '../../functions/ops/diagnose.questions.ts';
import type { Diagnosis, Subject } from '../../functions/ops/diagnose.ts';
import type { QueueState } from '../../functions/ops/queue-state.decider.ts';
import { columns, indented } from './table.ts';

export type Printed = {
  readonly place: string;
  readonly subject: Subject;
  readonly at: number;
  readonly seconds: number;
};

const shown = 20;
const count = (n: number, one: string, more = `${one}s`): string => `${n.toLocaleString('en')} ${n === 1 ? one : more}`;

const findingText = ({ subject, evidence, runbook }: Finding): string =>
  `${subject}: ${evidence}\n    see docs/runbooks/${runbook}`;

const findingsText = (findings: readonly Finding[]): readonly string[] => [
  ...findings.slice(0, shown).map((finding) => indented(findingText(finding), '   ')),
  ...(findings.length > shown ? [`   and ${findings.length - shown} more: --json shows them all`] : []),
];

const queuesText = (queues: readonly QueueState[]): string => {
  const age = ({ oldestSeconds, visible, inFlight }: QueueState): string =>
    oldestSeconds === undefined ? 'unknown' : visible + inFlight === 0 ? '-' : `${Math.round(oldestSeconds)} s`;
  const rows = queues.map((queue) => [
    queue.name,
    String(queue.visible),
    String(queue.inFlight),
    String(queue.delayed),
    age(queue),
  ]);
  return columns([['queue', 'visible', 'in flight', 'delayed', 'oldest'], ...rows], [1, 2, 3, 4]);
};

const period = (subject: Subject, at: number): string =>
  'rideId' in subject
    ? `ride ${subject.rideId}`
    : `${iso(subject.since).slice(0, 19)} to ${new Date(at).toISOString().slice(0, 19)} UTC`;

export const printDiagnosis = (diagnosis: Diagnosis, { place, subject, at, seconds }: Printed): string => {
  const { findings, queues, agesUnknown, crossed, cost, rides } = diagnosis;
  const answers = (Object.keys(questions) as Question[]).flatMap((question) => {
    const own = findings.filter((finding) => finding.question === question);
    const { number, asks } = questions[question];
    return [
      `${number}  ${asks.padEnd(62)}${own.length === 0 ? 'nothing found' : `${own.length} found`}`,
      ...(question === 'queues' ? [indented(queuesText(queues), '   ')] : []),
      ...(question === 'queues' && agesUnknown ? [`   the age of the oldest message is unknown: ${agesUnknown}`] : []),
      ...findingsText(own),
      ...(question === 'after-decline' && crossed > 0
        ? [`   ${count(crossed, 'dispatch', 'dispatches')} crossed a decline on the way, which is not a fault`]
        : []),
    ];
  });
  const units = `${cost.readUnits.toLocaleString('en')} read units`;
  const read = `Read ${count(cost.items, 'item')} in ${seconds.toFixed(1)} s for ${units}`;
  const scanned =
    'rideId' in subject ? '' : ', because it scans both tables: use it rarely; --ride reads one ride only';
  return [
    `Diagnosis of ${place}: ${period(subject, at)}, ${count(rides, 'ride')}`,
    '',
    ...answers,
    '',
    `${count(findings.length, 'finding')}. ${read}${scanned}.`,
  ].join('\n');
};

export const diagnosisJson = (diagnosis: Diagnosis, { place, subject, at, seconds }: Printed): object => ({
  place,
  ...('rideId' in subject ? { rideId: subject.rideId } : { since: iso(subject.since) }),
  until: new Date(at).toISOString(),
  rides: diagnosis.rides,
  questions: (Object.keys(questions) as Question[]).map((question) => ({
    number: questions[question].number,
    question,
    asks: questions[question].asks,
    findings: diagnosis.findings
      .filter((finding) => finding.question === question)
      .map(({ subject: found, evidence, runbook }) => ({
        [question === 'queues' ? 'queue' : 'rideId']: found,
        evidence,
        runbook: `docs/runbooks/${runbook}`,
      })),
  })),
  queues: diagnosis.queues,
  ...(diagnosis.agesUnknown ? { agesUnknown: diagnosis.agesUnknown } : {}),
  crossed: diagnosis.crossed,
  cost: diagnosis.cost,
  seconds,
});
