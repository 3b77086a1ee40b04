/** Functions of a running stack: reserved concurrency, injected faults, environments that end, when it is idle. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Local } from '../../../../local/cloud/cloud.ts';
import { eventually, lambda, type SmallCloud, smallCloud } from '../../support/small-cloud.ts';

const folder = mkdtempSync(join(tmpdir(), 'tuntas-gates-'));
const gate = (name: string): string => join(folder, name);
/** Writes that it runs, then waits until the test opens the gate. */
const waiting = `import { existsSync, writeFileSync } from 'node:fs';
  export const handler = async ({ name }) => {
    writeFileSync('${folder}/' + name + '-runs', '');
    while (!existsSync('${folder}/' + name)) await new Promise((resolve) => setTimeout(resolve, 5));
    return name;
  };`;

let cloud: SmallCloud;
let local: Local;
beforeAll(async () => {
  const resources = { ...lambda('Single', { ReservedConcurrentExecutions: 1 }), ...lambda('Free') };
  cloud = smallCloud(resources, { Single: waiting, Free: waiting });
  local = await cloud.start();
});
afterAll(async () => {
  await local.stop();
  cloud.remove();
  rmSync(folder, { recursive: true });
});
const runs = (name: string) => eventually(() => existsSync(gate(`${name}-runs`)), Boolean);
const open = (name: string): void => writeFileSync(gate(name), '');

describe('a function', () => {
  it('refuses calls beyond its reserved concurrency, and counts them', async () => {
    const first = local.hooks.invoke('single', { name: 'first' });
    await runs('first');
    expect(await local.hooks.invoke('single', { name: 'second' })).toMatchObject({
      ok: false,
      throttled: true,
      error: { errorType: 'TooManyRequestsException' },
    });
    open('first');
    expect(await first).toMatchObject({ ok: true, payload: '"first"' });
    const dimensions = { FunctionName: 'small-single' };
    expect(local.hooks.metric({ namespace: 'AWS/Lambda', name: 'Throttles', dimensions }, 'Sum')).toBe(1);
  });

  it('answers other calls while one runs', async () => {
    const slow = local.hooks.invoke('free', { name: 'slow' });
    await runs('slow');
    open('quick');
    expect(await local.hooks.invoke('free', { name: 'quick' })).toMatchObject({ payload: '"quick"' });
    open('slow');
    expect(await slow).toMatchObject({ payload: '"slow"' });
  });

  it('fails as often as a test injects it', async () => {
    open('injected');
    local.hooks.inject('free', { times: 2, fail: true });
    const invoke = async () => (await local.hooks.invoke('free', { name: 'injected' })).ok;
    expect([await invoke(), await invoke(), await invoke()]).toEqual([false, false, true]);
  });

  it('whose environment ends fails its calls; the next call gets another environment', async () => {
    const killed = local.hooks.invoke('free', { name: 'killed' });
    await runs('killed');
    expect(await local.hooks.kill('free')).toBe(1);
    expect(await killed).toMatchObject({ ok: false, error: { errorType: 'Runtime.ExitError' } });
    open('next');
    expect(await local.hooks.invoke('free', { name: 'next' })).toMatchObject({ payload: '"next"' });
  });
});

describe('the stack', () => {
  it('is not idle while a call runs, and says so', async () => {
    const call = local.hooks.invoke('free', { name: 'last' });
    await runs('last');
    await expect(local.hooks.idle(50)).rejects.toThrow('not idle after 50 ms: 1 calls run');
    open('last');
    await call;
    await local.hooks.idle();
  });
});
