/** `tuntas diagnose`. */
import { type Command, Option } from 'commander';
import { rideRecords } from '../../functions/dispatch/commands.ts';
import { after, type OrderId } from '../../functions/kernel/types.ts';
import { readQueues } from '../../functions/ops/diagnose.queues.ts';
import { diagnose, type Subject } from '../../functions/ops/diagnose.ts';
import {
  type Cli,
  duration,
  type ExitCode,
  exitCodes,
  hour,
  type Output,
  orderNumber,
  positive,
  withTarget,
} from './command.ts';
import { diagnosisJson, printDiagnosis } from './diagnose.print.ts';
import type { Target, TargetOptions } from './target.ts';

type Options = TargetOptions & {
  readonly since: number;
  readonly ride?: OrderId;
  readonly rate: number;
  readonly json?: true;
};

const answer = async (options: Options, target: Target, { print, complain }: Output): Promise<ExitCode> => {
  const { tables, sqs, cloudWatch, queuePrefix: prefix, now, pause } = target;
  const at = now();
  const subject: Subject = options.ride ? { rideId: options.ride } : { since: after(at, -options.since) };
  const queues = () => readQueues({ sqs, cloudWatch, prefix }, at);
  const diagnosis = await diagnose({ records: rideRecords(target, tables, options.rate), queues, pause }, subject);
  if (options.ride && diagnosis.rides === 0) {
    complain(`error: there is no ride ${options.ride} in ${target.name}`);
    return exitCodes.failed;
  }
  const printed = { place: target.name, subject, at, seconds: (now() - at) / 1_000 };
  print(
    options.json ? JSON.stringify(diagnosisJson(diagnosis, printed), undefined, 2) : printDiagnosis(diagnosis, printed),
  );
  return diagnosis.findings.length > 0 ? exitCodes.found : exitCodes.fine;
};

export const diagnoseCommand = (program: Command, { output, on }: Cli): Command =>
  withTarget(
    program
      .command('diagnose')
      .description('answers six questions from the stored data; exit code 1 when something is found'),
  )
    .addOption(
      new Option('--since <duration>', 'how far back: 90s, 15m, 1h, 2d').argParser(duration).default(hour, '1h'),
    )
    .option('--ride <id>', 'one ride only', orderNumber)
    .option('--rate <units>', 'read units per second it may take', positive, 500)
    .option('--json', 'for programs')
    .action((options: Options) => on(options, (target) => answer(options, target, output)));
