/** `tuntas flags`. */
import type { Command } from 'commander';
import { type Cli, exitCodes, somewhere } from './command.ts';
import { flagStates, type HoldOptions, holdFlag, printFlags, releaseFlag } from './flags.ts';
import type { PlaceOptions } from './place.ts';

export const flagsCommand = (program: Command, { output, on }: Cli): Command => {
  const flags = somewhere(program.command('flags').description('flags in force; hold and release them'))
    .option('--json', 'for programs')
    .action((options: PlaceOptions & { readonly json?: true }) =>
      on(options, async (place) => {
        const states = await flagStates(place);
        output.print(options.json ? JSON.stringify(states, undefined, 2) : printFlags(states, place));
        return exitCodes.fine;
      }),
    );
  somewhere(
    flags
      .command('hold')
      .description('takes a flag back for everyone, or puts everyone on one of its values, within 5 s')
      .argument('<name>'),
  )
    .option('--value <value>', 'for a flag with several values, such as ezpay-mode: the one everyone has meanwhile')
    .requiredOption('--reason <text>', 'why, for whoever will want to release it')
    .action((flag: string, _: object, command: Command) => {
      const options: PlaceOptions & HoldOptions = command.optsWithGlobals();
      return on(options, async (place) => {
        await holdFlag(place, flag, options);
        const meanwhile = options.value ? `every new order has ${options.value}` : 'no ride is under it';
        output.print(`${flag} is held in ${place.name}: ${meanwhile} until it is released.`);
        return exitCodes.fine;
      });
    });
  somewhere(flags.command('release').description('puts a held flag in force again').argument('<name>')).action(
    (flag: string, _: object, command: Command) =>
      on(command.optsWithGlobals(), async (place) => {
        await releaseFlag(place, flag);
        output.print(`${flag} is released in ${place.name}: its percentages count again.`);
        return exitCodes.fine;
      }),
  );
  return flags;
};
