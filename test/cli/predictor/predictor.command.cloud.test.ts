/** `tuntas predictor`, as it is typed. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { predictorCommand } from '../../../bin/cli/predictor/predictor.command.ts';
import { run } from '../../../bin/cli/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'tuntas-predictor-'));
const out = join(folder, 'model.json');
afterAll(() => rmSync(folder, { recursive: true }));

const tuntas = async (...argv: readonly string[]) => {
  const [printed, complained]: [string[], string[]] = [[], []];
  const output = {
    print: (text: string) => void printed.push(text),
    complain: (text: string) => void complained.push(text),
  };
  const code = await run(argv, output, [predictorCommand]);
  return { code, printed: printed.join('\n'), complained: complained.join('\n') };
};
const fleet = ['--simulate', '10', '--cars', '40', '--seed', '3'];

describe('tuntas predictor', () => {
  it('[EZP-11] trains on a simulated fleet, prints the calibration, and writes the model', async () => {
    const { code, printed } = await tuntas('predictor', 'train', ...fleet, '--precision', '0.9', '--out', out);
    expect(code).toBe(0);
    const model = JSON.parse(readFileSync(out, 'utf8'));
    expect(model.trainedOn).toMatchObject({ source: 'simulated', days: 10, cars: 40, seed: 3, profile: 'mixed' });
    expect(printed).toContain(`Model ${model.version}`);
    expect(printed).toMatch(/AUC 0\.\d{3}/);
    expect(printed).toMatch(/0\.9 to 1\.0 +\d+ +\d+\.\d %/);
  }, 60_000);

  it('[EZP-11] evaluates a model on a history it has not seen', async () => {
    const { code, printed } = await tuntas(
      'predictor',
      'evaluate',
      '--all',
      '--simulate',
      '3',
      '--cars',
      '10',
      '--seed',
      '9',
    );
    expect([code, printed]).toEqual([0, expect.stringMatching(/AUC 0\.\d{3}[\s\S]*calibration error/)]);
  }, 60_000);

  it('[EZP-11] explains wrong options', async () => {
    expect(await tuntas('predictor', 'train', '--simulate', '1', '--cars', '2', '--out', out)).toMatchObject({
      code: 2,
      complained: expect.stringContaining('too little to learn from'),
    });
    expect((await tuntas('predictor', 'train', '--simulate', 'x')).code).toBe(2);
    expect((await tuntas('predictor', 'train', '--simulate', '1', '--precision', '98')).code).toBe(2);
    expect((await tuntas('predictor', 'evaluate', '--ready-file', join(folder, 'no.json'))).code).toBe(2);
  }, 60_000);
});
