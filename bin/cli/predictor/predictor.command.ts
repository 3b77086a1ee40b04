/** `tuntas predictor`: trains and evaluates the model of EzPay's predictor. */
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { evaluate } from '../../../functions/ezpay/training/evaluate.ts';
import { type Example, storyHistory } from '../../../functions/ezpay/training/story.history.ts';
import { type ModelFile, type Origin, split, TooLittle, train } from '../../../functions/ezpay/training/train.ts';
import { Invalid } from '../../../functions/kernel/errors.ts';
import { type ProfileName, profiles } from '../../../local/fleet/profiles.ts';
import { type Cli, exitCodes, type On, withTarget } from '../command.ts';
import type { TargetOptions } from '../target.ts';
import { type Simulated, simulated } from './fleet.history.ts';
import { printFigures, printModel } from './predictor.print.ts';

export const shippedModel = resolve(import.meta.dirname, '../../../functions/ezpay/predictor.json');

type Source = TargetOptions & {
  readonly simulate?: number;
  readonly cars: number;
  readonly fleet: ProfileName;
  readonly seed: number;
};
type History = { readonly examples: readonly Example[]; readonly origin: Origin };

const whole = (text: string): number => {
  const number = Number(text);
  if (!Number.isInteger(number) || number <= 0) throw new InvalidArgumentError('It must be a whole number above 0.');
  return number;
};
const share = (text: string): number => {
  const number = Number(text);
  if (!(number > 0.5 && number < 1)) throw new InvalidArgumentError('It must be between 0.5 and 1, such as 0.98.');
  return number;
};

const sourced = (command: Command): Command =>
  withTarget(command)
    .option('--simulate <days>', 'a simulated fleet instead of a stack', whole)
    .option('--cars <number>', 'of the simulated fleet', whole, 1_500)
    .addOption(
      new Option('--fleet <profile>', 'how its messages travel').choices(Object.keys(profiles)).default('mixed'),
    )
    .option('--seed <number>', 'the same seed, the same fleet', whole, 1);

const simulatedHistory = async (days: number, { cars, fleet: profile, seed }: Source): Promise<History> => {
  const options: Simulated = { days, cars, profile, seed };
  return { examples: await simulated(options), origin: { source: 'simulated', ...options } };
};

/** Runs the task on the history; a stack is read only when none is simulated. */
const withHistory = async (on: On, options: Source, task: (history: History) => Promise<void>): Promise<void> => {
  if (options.simulate !== undefined) return task(await simulatedHistory(options.simulate, options));
  await on(options, async (target) => {
    await task({
      examples: await storyHistory(target, target.tables.story),
      origin: { source: 'stored', place: target.name },
    });
    return exitCodes.fine;
  });
};

const trained = ({ examples, origin }: History, precision: number): ModelFile => {
  try {
    return train(examples, origin, precision);
  } catch (error) {
    throw error instanceof TooLittle ? new Invalid(error.message) : error;
  }
};

export const predictorCommand = (program: Command, { output, on }: Cli): Command => {
  const predictor = program.command('predictor').description('the model that shortens the wait of EzPay scans');
  sourced(predictor.command('train').description('trains a model on the history of a stack, or of a simulated fleet'))
    .option('--precision <share>', 'of the scans confirmed early, the share that must be right', share, 0.99)
    .option('--out <file>', 'where the model goes', shippedModel)
    .action((options: Source & { readonly precision: number; readonly out: string }) =>
      withHistory(on, options, async (history) => {
        const model = trained(history, options.precision);
        await writeFile(options.out, `${JSON.stringify(model, undefined, 2)}\n`);
        output.print(
          [
            printModel(model),
            `Held out, of other cars and later:\n${printFigures(model.heldOut)}`,
            `Written to ${options.out}.`,
          ].join('\n\n'),
        );
      }),
    );
  sourced(
    predictor
      .command('evaluate')
      .description('how good a model is on a history; of the history it was trained on only the held-out part'),
  )
    .option('--model <file>', 'the model', shippedModel)
    .option('--all', 'the whole history: for one the model was not trained on')
    .action((options: Source & { readonly model: string; readonly all?: true }) =>
      withHistory(on, options, async ({ examples }) => {
        const model = JSON.parse(await readFile(options.model, 'utf8')) as ModelFile;
        const judged = options.all ? examples : split(examples).heldOut;
        if (judged.length === 0) throw new Invalid('this history has no scan to evaluate the model on');
        output.print(`${printModel(model)}\n\n${printFigures(evaluate(model, judged))}`);
      }),
    );
  return predictor;
};
