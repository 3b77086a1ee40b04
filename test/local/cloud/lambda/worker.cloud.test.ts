/** Several calls at a time in one environment: what one call adds to its log lines is not in those of another. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root, settings } from '../../../../build.ts';
import { type Environment, startEnvironment } from '../../../../local/cloud/lambda/environment.ts';

const folder = mkdtempSync(join(tmpdir(), 'tuntas-worker-'));
const file = join(folder, 'index.mjs');

/** Each call logs, waits until `calls` of them are there, and logs again. */
const source = `
  import { log } from './functions/kernel/log.ts';
  import { lambda } from './functions/platform/lambda.ts';
  let waiting = [];
  export const handler = lambda(() => async ({ calls, fails }) => {
    log.info('began', {}, { Swept: 1 });
    const others = new Promise((resolve) => waiting.push(resolve));
    if (waiting.length === calls) waiting.splice(0).forEach((go) => go());
    await others;
    log.info('ended', {}, { Overdue: calls });
    if (fails) throw new Error('it fails');
    return calls;
  }, {});
`;

type Line = Readonly<Record<string, unknown>>;
const lines: Line[] = [];
let environment: Environment;

beforeAll(async () => {
  const stdin = { contents: source, resolveDir: root, loader: 'ts' as const };
  const { outputFiles } = await build({ ...settings, stdin, outfile: file });
  for (const { path, contents } of outputFiles) writeFileSync(path, contents);
  environment = startEnvironment({
    file,
    handler: 'handler',
    arn: 'arn:aws:lambda:ap-southeast-3:000000000000:function:test',
    variables: { AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand', AWS_LAMBDA_FUNCTION_NAME: 'test', SERVICE: 'test' },
    memoryMb: 128,
    allowed: undefined,
    onLines: (written) => void lines.push(...written.map((line) => JSON.parse(line) as Line)),
    onWrite: () => undefined,
    onSettled: () => undefined,
    onExit: () => undefined,
  });
});
afterAll(async () => {
  await environment.kill({ errorType: 'Test', errorMessage: 'ended' });
  rmSync(folder, { recursive: true });
});

const call = (requestId: string, event: object): Promise<unknown> =>
  new Promise((settle) =>
    environment.call({ requestId, event: JSON.stringify(event), begin: () => Date.now() + 10_000, settle }),
  );
const requested = (requestId: string | undefined, more: object = {}) => ({
  calls: 2,
  ...more,
  ...(requestId ? { requestContext: { requestId } } : {}),
});
const id = (digit: number): string => `${digit}0000000-0000-4000-8000-00000000000${digit}`;
const linesOf = (requestId: string): readonly Line[] => lines.filter((line) => line.function_request_id === requestId);

describe('two calls run at the same time', () => {
  it('[OPS-4] their lines carry the request id, the correlation id and the trace id of their own call', async () => {
    await Promise.all([call(id(1), requested('http-1')), call(id(2), requested(undefined))]);
    for (const [own, correlation] of [
      [id(1), 'http-1'],
      [id(2), undefined],
    ] as const) {
      const found = linesOf(own);
      expect(found.map(({ message }) => message)).toEqual(['began', 'ended']);
      expect(found.map(({ correlation_id }) => correlation_id)).toEqual([correlation, correlation]);
      const trace = new RegExp(`^1-[0-9a-f]{8}-${own.replaceAll('-', '').slice(0, 24)}$`);
      for (const { xray_trace_id } of found) expect(xray_trace_id).toMatch(trace);
    }
    expect(lines.map(({ cold_start }) => cold_start).filter(Boolean)).toHaveLength(2);
  });

  it('their metrics are in their own lines, and nothing of a call is left for the next one', async () => {
    const [failed] = await Promise.all([
      call(id(3), requested('http-3', { fails: true })),
      call(id(4), requested('http-4')),
    ]);
    expect(failed).toMatchObject({ error: { errorMessage: 'it fails' } });
    expect(linesOf(id(3))).toMatchObject([{ Swept: 1 }, { Overdue: 2, correlation_id: 'http-3' }]);
    expect(linesOf(id(3))[1]).not.toHaveProperty('Swept');
    await call(id(5), requested(undefined, { calls: 1 }));
    expect(linesOf(id(5))).toHaveLength(2);
    for (const line of linesOf(id(5))) {
      expect(line).not.toHaveProperty('correlation_id');
      expect(line.cold_start).toBe(false);
    }
  });
});
