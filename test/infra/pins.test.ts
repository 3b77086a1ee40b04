/** What is installed is what was tested: exact versions, and the CDK command line that fits the library. */
import { describe, expect, it } from 'vitest';
import { textOf } from './sources.ts';

const read = (path: string) => JSON.parse(textOf(path));
const { dependencies, devDependencies, optionalDependencies } = read('package.json');
const wanted: Record<string, string> = { ...dependencies, ...devDependencies, ...optionalDependencies };

describe('the dependencies', () => {
  it('are pinned exactly, and locked as pinned', () => {
    const { packages } = read('package-lock.json');
    for (const [name, version] of Object.entries(wanted)) {
      expect([name, version]).toEqual([name, expect.stringMatching(/^\d+\.\d+\.\d+$/)]);
      expect([name, packages[`node_modules/${name}`]?.version]).toEqual([name, version]);
    }
  });

  it('hold the CDK command line at 2.1148.1: the tag `latest` is 3.0.0, which cannot read our templates', () => {
    expect([wanted['aws-cdk'], wanted['aws-cdk-lib']]).toEqual(['2.1148.1', '2.275.0']);
    expect(read('node_modules/aws-cdk/package.json').version).toBe('2.1148.1');
  });

  it('have esbuild as a direct one, without which a synth would call Docker', () =>
    expect(devDependencies.esbuild).toBeDefined());
});
