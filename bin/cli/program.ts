/** The command line of Tuntas. */
import { Command, CommanderError } from 'commander';
import { Invalid } from '../../functions/kernel/errors.ts';
import { type Cli, type ExitCode, exitCodes, type Output, onTarget } from './command.ts';
import { diagnoseCommand } from './diagnose.command.ts';
import { ezpayCommand } from './ezpay.command.ts';
import { flagsCommand } from './flags.command.ts';
import { storyCommand } from './story.command.ts';
import { type CliClock, machineClock } from './target.ts';

export type AddCommand = (program: Command, cli: Cli) => Command;

/**
 * Runs a command line.
 * @param argv what the user typed after the name of the program
 * @param more further commands
 * @returns the exit code
 */
export const run = async (
  argv: readonly string[],
  output: Output,
  more: readonly AddCommand[] = [],
  clock: CliClock = machineClock,
): Promise<ExitCode> => {
  let code: ExitCode = exitCodes.fine;
  const cli = {
    output,
    on: onTarget(clock, (done) => {
      code = done;
    }),
  };
  const program = new Command('tuntas')
    .description('Reads a Tuntas stack, on this machine or on AWS.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => output.print(text.trimEnd()),
      writeErr: (text) => output.complain(text.trimEnd()),
    });
  for (const add of [diagnoseCommand, storyCommand, flagsCommand, ezpayCommand, ...more]) add(program, cli);

  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.fine : exitCodes.failed;
    if (!(error instanceof Invalid)) throw error;
    output.complain(
      `error: ${error.message}${error.fields.map(({ field, message }) => `\n  ${field}: ${message}`).join('')}`,
    );
    return exitCodes.failed;
  }
};
