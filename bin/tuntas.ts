/** The command line, under Node 24. */
import { exitCodes } from '../functions/ops/cli/command.ts';
import { run } from '../functions/ops/cli/program.ts';
import { predictorCommand } from '../training/predictor.command.ts';

const output = { print: (text: string) => console.log(text), complain: (text: string) => console.error(text) };
process.exitCode = await run(process.argv.slice(2), output, [predictorCommand]).catch((error: unknown) => {
  console.error(error);
  return exitCodes.failed;
});
