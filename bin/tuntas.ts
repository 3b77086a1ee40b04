/** The command line, under Node 24. */
import { exitCodes } from './cli/command.ts';
import { predictorCommand } from './cli/predictor/predictor.command.ts';
import { run } from './cli/program.ts';

const output = { print: (text: string) => console.log(text), complain: (text: string) => console.error(text) };
process.exitCode = await run(process.argv.slice(2), output, [predictorCommand]).catch((error: unknown) => {
  console.error(error);
  return exitCodes.failed;
});
