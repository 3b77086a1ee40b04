/** The command line as a whole: its commands, their common options, and the one place that knows the machine. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../../bin/cli/program.ts';

const root = join(import.meta.dirname, '../..');
const ran = async (...argv: readonly string[]) => {
  const [printed, complained]: [string[], string[]] = [[], []];
  const output = { print: (text: string) => printed.push(text), complain: (text: string) => complained.push(text) };
  return { code: await run(argv, output), printed: printed.join('\n'), complained: complained.join('\n') };
};

describe('the command line', () => {
  it.each(['diagnose', 'story', 'flags', 'ezpay'])('has %s, for a stack on this machine or on AWS', async (name) => {
    const { code, printed } = await ran(name, '--help');
    expect(code).toBe(0);
    for (const option of ['--ready-file', '--profile', '--region', '--stage']) expect(printed).toContain(option);
  });

  it.each([
    [['draw'], "unknown command 'draw'"],
    [['story'], "missing required argument 'id'"],
    [['story', '42'], 'It must be an order number such as TNT-20261121-0000042.'],
    [['diagnose', '--since', '0s'], 'such as 90s, 15m, 1h or 2d'],
    [['flags', '--ready-file', 'x', '--region', 'y'], 'choose one'],
    [['flags', '--ready-file', '/nowhere/ready.json'], 'npm start -- --ready-file /nowhere/ready.json'],
  ])('refuses %j with exit code 2 and the remedy', async (argv, words) => {
    expect(await ran(...argv)).toMatchObject({ code: 2, printed: '', complained: expect.stringContaining(words) });
  });

  it('reads clock and timers in one place, and the environment nowhere', () => {
    const machine = /\bDate\.now\b|\bnew Date\(\s*\)|\bnode:timers|\bsetTimeout\b|\bMath\.random\b|\bprocess\./;
    const files = globSync('bin/cli/**/*.ts', { cwd: root });
    const knowing = files.filter((file) => machine.test(readFileSync(join(root, file), 'utf8')));
    expect(files.length).toBeGreaterThan(10);
    expect(knowing).toEqual(['bin/cli/target.ts']);
  });
});
