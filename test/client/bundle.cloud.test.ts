/** The client as an app bundles it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

describe('What an app gets', () => {
  it('is small, and has no dependency and nothing of the server in it', async () => {
    const { metafile, outputFiles } = await build({
      absWorkingDir: root,
      entryPoints: ['client/index.ts'],
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'neutral',
      minify: true,
      metafile: true,
    });
    const inputs = Object.keys(metafile.inputs);
    expect(inputs.filter((path) => !path.startsWith('client/'))).toEqual([]);
    expect(Object.values(metafile.outputs).flatMap(({ imports }) => imports)).toEqual([]);
    expect(outputFiles[0]?.contents.length).toBeLessThan(14 * 1024);
  });

  it('needs nothing of Node: it compiles with the types of a browser alone', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tuntas-client-'));
    try {
      writeFileSync(join(folder, 'probe.ts'), 'process.exit();');
      const compilerOptions = { lib: ['es2022', 'dom'], types: [] };
      writeFileSync(
        join(folder, 'tsconfig.json'),
        JSON.stringify({
          extends: join(root, 'tsconfig.json'),
          compilerOptions,
          include: [join(root, 'client/**/*.ts'), 'probe.ts'],
          exclude: [],
        }),
      );
      const tsc = join(root, 'node_modules/typescript/bin/tsc');
      const { stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { cwd: root, encoding: 'utf8' });
      const lines = stdout.split('\n');
      expect(lines.filter((line) => line.includes('probe.ts'))).toHaveLength(1);
      expect(lines.filter((line) => /(^|\/)client\//.test(line))).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
