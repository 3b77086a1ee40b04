/** `tuntas flags`. */
import type { Command } from 'commander';
import { type Cli, exitCodes, withTarget } from './command.ts';
import { flagStates, type HoldOptions, holdFlag, printFlags, releaseFlag } from './flags.ts';
import type { TargetOptions } from './target.ts';

export const flagsCommand = (program: Command, { output, on }: Cli): Command => {
  const flags = withTarget(program.command('flags').description('flags in force; hold and release them'))
    .option('--json', 'for programs')
    .action((options: TargetOptions & { readonly json?: true }) =>
      on(options, async (target) => {
        const states = await flagStates(target);
        output.print(options.json ? JSON.stringify(states, undefined, 2) : printFlags(states, target));
        return exitCodes.fine;
      }),
    );
  withTarget(
    flags
      .command('hold')
      .description('takes a flag back for everyone, or puts everyone on one of its values, within 5 s')
      .argument('<name>'),
  )
    .option(
      '--value <value>',
      'for a flag with several values, such as ezpay-mode: the one everyone has while it is held',
    )
    .requiredOption('--reason <text>', 'why, for the operator who will release it')
    .action((flag: string, _: object, command: Command) => {
      const options: TargetOptions & HoldOptions = command.optsWithGlobals();
      return on(options, async (target) => {
        await holdFlag(target, flag, options);
        const meanwhile = options.value ? `every new order has ${options.value}` : 'no ride is under it';
        output.print(`${flag} is held in ${target.name}: ${meanwhile} until it is released.`);
        return exitCodes.fine;
      });
    });
  withTarget(flags.command('release').description('puts a held flag in force again').argument('<name>')).action(
    (flag: string, _: object, command: Command) =>
      on(command.optsWithGlobals(), async (target) => {
        await releaseFlag(target, flag);
        output.print(`${flag} is released in ${target.name}: its percentages are in force again.`);
        return exitCodes.fine;
      }),
  );
  return flags;
};
