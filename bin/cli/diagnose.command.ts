/** `tuntas diagnose`. */
import { type Command, Option } from 'commander';
import { type Instant, instant, type OrderId } from '../../functions/kernel/types.ts';
import { readQueues } from '../../functions/ops/diagnose.queues.ts';
import { reader } from '../../functions/ops/diagnose.store.ts';
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
  somewhere,
} from './command.ts';
import { diagnosisJson, printDiagnosis } from './diagnose.print.ts';
import type { Place, PlaceOptions } from './place.ts';

type Options = PlaceOptions & {
  readonly since: number;
  readonly ride?: OrderId;
  readonly rate: number;
  readonly json?: true;
};

const answer = async (
  options: Options,
  place: Place,
  { print, complain, settleMs = 2_000 }: Output,
): Promise<ExitCode> => {
  const at = Date.now();
  const subject: Subject = options.ride ? { rideId: options.ride } : { since: (at - options.since) as Instant };
  const { dynamo, tables, sqs, cloudWatch, queuePrefix } = place;
  const diagnosis = await diagnose(
    {
      reader: reader(dynamo, tables, options.rate),
      queues: () => readQueues({ sqs, cloudWatch, prefix: queuePrefix }, instant(at)),
      settleMs,
    },
    subject,
  );
  if (options.ride && diagnosis.rides === 0) {
    complain(`error: there is no ride ${options.ride} in ${place.name}`);
    return exitCodes.failed;
  }
  const printed = { place: place.name, subject, at, seconds: (Date.now() - at) / 1000 };
  print(
    options.json ? JSON.stringify(diagnosisJson(diagnosis, printed), undefined, 2) : printDiagnosis(diagnosis, printed),
  );
  return diagnosis.findings.length > 0 ? exitCodes.found : exitCodes.fine;
};

export const diagnoseCommand = (program: Command, { output, on }: Cli): Command =>
  somewhere(
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
    .action((options: Options) => on(options, (place) => answer(options, place, output)));
