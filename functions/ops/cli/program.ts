/** The command line of Tuntas. Exit code 0: nothing found; 1: something found; 2: wrong usage, or out of reach. */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { Invalid } from '../../platform/errors.ts';
import { isOrderId } from '../../platform/order-number.ts';
import { type Instant, instant, type OrderId } from '../../platform/types.ts';
import { readQueues } from '../diagnose.queues.ts';
import { reader } from '../diagnose.store.ts';
import { diagnose, type Subject } from '../diagnose.ts';
import { readStory } from '../story.store.ts';
import { diagnosisJson, printDiagnosis } from './diagnose.print.ts';
import { flagStates, holdFlag, printFlags, releaseFlag } from './flags.ts';
import { defaultReadyFile, type Place, type PlaceOptions, placeOf } from './place.ts';
import { printStory } from './story.print.ts';

export type Output = {
  readonly print: (text: string) => void;
  readonly complain: (text: string) => void;
  /** How long what looks wrong is left before it is read again, in milliseconds. */
  readonly settleMs?: number;
};
export const exitCodes = { fine: 0, found: 1, failed: 2 } as const;
type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

const duration = (text: string): number => {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)([smhd])$/.exec(text) ?? [];
  const ms = Number(amount) * (units[unit ?? ''] ?? Number.NaN);
  if (!(ms > 0)) throw new InvalidArgumentError('It must be a number with s, m, h or d, such as 90s, 15m, 1h or 2d.');
  return ms;
};
const rateOf = (text: string): number => {
  const rate = Number(text);
  if (!(rate > 0)) throw new InvalidArgumentError('It must be a positive number.');
  return rate;
};
const orderId = (text: string): OrderId => {
  if (!isOrderId(text)) throw new InvalidArgumentError('It must be an order number such as TNT-20261121-0000042.');
  return text;
};

const somewhere = (command: Command): Command =>
  command
    .addOption(new Option('--ready-file <file>', `the local stack that wrote this file (default: ${defaultReadyFile})`))
    .option('--profile <name>', 'AWS: the profile')
    .option('--region <name>', 'AWS: the region (default: that of the profile)')
    .option('--stage <name>', 'AWS: the stage (default: dev)');

type DiagnoseOptions = PlaceOptions & {
  readonly since: number;
  readonly ride?: OrderId;
  readonly rate: number;
  readonly json?: true;
};

const diagnosed = async (options: DiagnoseOptions, place: Place, { print, complain, settleMs = 2_000 }: Output): Promise<ExitCode> => {
  const started = Date.now();
  const subject: Subject = options.ride ? { rideId: options.ride } : { since: (started - options.since) as Instant };
  const { dynamo, tables, sqs, cloudWatch, queuePrefix } = place;
  const diagnosis = await diagnose(
    {
      reader: reader(dynamo, tables, options.rate),
      queues: () => readQueues({ sqs, cloudWatch, prefix: queuePrefix }, instant(started)),
      settleMs,
    },
    subject,
  );
  if (options.ride && diagnosis.rides === 0) {
    complain(`there is no ride ${options.ride} in ${place.name}`);
    return exitCodes.failed;
  }
  const printed = { place: place.name, subject, at: started, seconds: (Date.now() - started) / 1000 };
  print(options.json ? JSON.stringify(diagnosisJson(diagnosis, printed), undefined, 2) : printDiagnosis(diagnosis, printed));
  return diagnosis.findings.length > 0 ? exitCodes.found : exitCodes.fine;
};

const toldStory = async (id: OrderId, options: { json?: true }, place: Place, { print, complain }: Output): Promise<ExitCode> => {
  const lines = await readStory(place.dynamo, place.tables.story)(id);
  if (lines.length === 0) {
    complain(`there is no order ${id} in ${place.name}`);
    return exitCodes.failed;
  }
  print(options.json ? JSON.stringify({ orderId: id, lines }, undefined, 2) : printStory(id, lines));
  return exitCodes.fine;
};

const shownFlags = async (options: { json?: true }, place: Place, { print }: Output): Promise<ExitCode> => {
  const states = await flagStates(place);
  print(options.json ? JSON.stringify(states, undefined, 2) : printFlags(states, place));
  return exitCodes.fine;
};

/** Why a stack cannot be reached, for the person who asked. */
const reasonOf = (error: unknown, place: Place): string => {
  const { name = '', message = String(error), code = '' } = error as { name?: string; message?: string; code?: string };
  if (name === 'ResourceNotFoundException')
    return `${place.name} has no table ${Object.values(place.tables).join(' or ')}: is it another stage or region?`;
  if (/ECONNREFUSED|ENOTFOUND|ETIMEDOUT|ECONNRESET/.test(code + message))
    return `${place.name} is out of reach: does it run? (${code || message})`;
  return `${place.name}: ${name}: ${message}`;
};

/**
 * Runs a command line.
 * @param argv what the user typed after the name of the program
 * @returns the exit code
 */
export const run = async (argv: readonly string[], output: Output): Promise<ExitCode> => {
  let code: ExitCode = exitCodes.fine;
  const within =
    <Arguments extends readonly unknown[]>(task: (place: Place, ...given: Arguments) => Promise<ExitCode>) =>
    async (options: PlaceOptions, ...given: Arguments): Promise<void> => {
      const place = await placeOf(options);
      try {
        code = await task(place, ...given);
      } catch (error) {
        if (error instanceof Invalid) throw error;
        throw new Invalid(reasonOf(error, place));
      } finally {
        place.close();
      }
    };

  const program = new Command('tuntas')
    .description('Looks into a stack of Tuntas, local or on AWS.')
    .exitOverride()
    .configureOutput({ writeOut: (text) => output.print(text.trimEnd()), writeErr: (text) => output.complain(text.trimEnd()) });

  somewhere(program.command('diagnose').description('answers six questions from the stored data; exit code 1 when something is found'))
    .option('--since <duration>', 'how far back: 90s, 15m, 1h, 2d', duration, units.h)
    .option('--ride <id>', 'one ride only', orderId)
    .option('--rate <units>', 'read units per second it may take', rateOf, 500)
    .option('--json', 'for programs')
    .action((options: DiagnoseOptions) => within((place) => diagnosed(options, place, output))(options));

  somewhere(program.command('story').description('what happened to an order').argument('<id>', 'the order number', orderId))
    .option('--json', 'for programs')
    .action((id: OrderId, options: PlaceOptions & { json?: true }) => within((place) => toldStory(id, options, place, output))(options));

  const flags = somewhere(program.command('flags').description('flags in force, and holds'))
    .option('--json', 'for programs')
    .action((options: PlaceOptions & { json?: true }) => within((place) => shownFlags(options, place, output))(options));
  somewhere(flags.command('hold').description('takes a flag back for every ride, within 5 s').argument('<name>'))
    .requiredOption('--reason <text>', 'why, for whoever wants to release it')
    .action((name: string, options: PlaceOptions & { reason: string }) =>
      within(async (place) => {
        await holdFlag(place, name, options.reason);
        output.print(`${name} is held in ${place.name}: no ride is under it until it is released.`);
        return exitCodes.fine;
      })(options),
    );
  somewhere(flags.command('release').description('puts a held flag in force again').argument('<name>')).action(
    (name: string, options: PlaceOptions) =>
      within(async (place) => {
        await releaseFlag(place, name);
        output.print(`${name} is released in ${place.name}: rides that began under it are under it again.`);
        return exitCodes.fine;
      })(options),
  );

  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.fine : exitCodes.failed;
    if (!(error instanceof Invalid)) throw error;
    output.complain(`error: ${error.message}${error.fields.map(({ field, message }) => `\n  ${field}: ${message}`).join('')}`);
    return exitCodes.failed;
  }
};
