/** Where percentages come from: a file that can be edited while functions run, else what was deployed with them. */
import { beforeEach, describe, expect, it } from 'vitest';
import { flagSource } from '../../functions/platform/flags.ts';
import { logLines } from '../support/log.ts';
import { testPorts } from '../support/ports.ts';

const lines = logLines();
const flag = 'idempotent-dispatch';
const at = (percent: number) => ({ [flag]: { percent }, 'ezpay-predictor': { percent: 0 } });
const deployed = JSON.stringify(at(25));

describe('the flags come from a file', () => {
  let content: string | undefined;
  beforeEach(() => {
    content = JSON.stringify(at(10));
  });
  const write = (next: unknown): void => {
    content = typeof next === 'string' ? next : JSON.stringify(next);
  };
  const setUp = (more: object = {}) => {
    const { ports, clock } = testPorts();
    const readText = async (path: string | URL): Promise<string> => {
      if (path !== 'flags.json' || content === undefined) throw new Error(`there is no file ${path}`);
      return content;
    };
    return { flags: flagSource({ ...ports, readText }, { TUNTAS_FLAGS: 'flags.json', ...more }), pass: clock.pass };
  };
  const readOnce = (more: object = {}) => setUp(more).flags();

  it('[DSP-10] is off without a file and without a deployed percentage', async () => {
    expect(await readOnce({ TUNTAS_FLAGS: undefined })).toEqual(at(0));
    expect(lines.all()).toEqual([]);
  });

  it('[DSP-10] has the deployed percentage without a file', async () => {
    expect(await readOnce({ TUNTAS_FLAGS: undefined, TUNTAS_DEPLOYED_FLAGS: deployed })).toEqual(at(25));
  });

  it('[OPS-1] keeps the deployed percentage while the file does not name the flag or is broken', async () => {
    write({});
    expect(await readOnce({ TUNTAS_DEPLOYED_FLAGS: deployed })).toEqual(at(25));
    write('{');
    expect(await readOnce({ TUNTAS_DEPLOYED_FLAGS: deployed })).toEqual(at(25));
  });

  it('is off, and says so, when what was deployed cannot be read', async () => {
    const broken = { TUNTAS_FLAGS: undefined, TUNTAS_DEPLOYED_FLAGS: '{"idempotent-dispatch": 100}' };
    expect(await readOnce(broken)).toEqual(at(0));
    expect(lines.named('Deployed flags not read, the defaults apply')).toHaveLength(1);
  });

  it('[OPS-1] is read again after a second, and not before', async () => {
    const { flags, pass } = setUp();
    expect(await flags()).toEqual(at(10));
    write(at(50));
    pass(999);
    expect(await flags()).toEqual(at(10));
    pass(1);
    expect(await flags()).toEqual(at(50));
  });

  it('[OPS-1] is the same for two rides that are first at the same moment', async () => {
    const { flags } = setUp();
    expect(await Promise.all([flags(), flags()])).toEqual([at(10), at(10)]);
  });

  it.each([0, 100])('takes %i %%', async (percent) => {
    write(at(percent));
    expect(await readOnce()).toEqual(at(percent));
  });

  it.each([
    ['half written', '{"idempotent-dispatch": {"perc'],
    ['empty', ''],
    ['without a percentage', { [flag]: {} }],
    ['null', 'null'],
    ['with null for a flag', { [flag]: null }],
    ['with a text for a percentage', at('50' as never)],
    ['with 101 %', at(101)],
    ['with -1 %', at(-1)],
    ['a list', []],
  ])('[OPS-1] keeps the last percentages when the file is %s, and says so once a second', async (_, broken) => {
    const { flags, pass } = setUp();
    await flags();
    write(broken);
    pass(1_000);
    expect(await flags()).toEqual(at(10));
    expect(await flags()).toEqual(at(10));
    expect(lines.named('Flags file not read, the last percentages remain')).toMatchObject([{ file: 'flags.json' }]);
  });

  it('[OPS-1] keeps what was deployed when the file is missing at the start, and reads it when it exists', async () => {
    content = undefined;
    const { flags, pass } = setUp();
    expect(await flags()).toEqual(at(0));
    write(at(50));
    pass(1_000);
    expect(await flags()).toEqual(at(50));
  });

  it('ignores a flag it does not know', async () => {
    write({ ...at(50), 'flag-of-tomorrow': { percent: 5 } });
    expect(await readOnce()).toEqual(at(50));
  });
});
