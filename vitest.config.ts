/** Four lanes of tests by cost, told apart by the suffix of a file; the last line of a run counts all of them. */
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import type { Reporter, TestModule } from 'vitest/node';

/** `Tests: 12 passed, 0 failed, 1 skipped` as the very last line. What kept tests from running counts as a failed one. */
const closingLine: Reporter = {
  onTestRunEnd(modules, errors) {
    const count = { passed: 0, failed: errors.length, skipped: 0, pending: 0 };
    for (const module of modules as readonly TestModule[]) {
      count.failed += module.errors().length;
      for (const test of module.children.allTests()) count[test.result().state] += 1;
    }
    const skipped = count.skipped + count.pending;
    process.once('exit', (code) => {
      const failed = code === 0 ? count.failed : Math.max(count.failed, 1);
      console.log(`Tests: ${count.passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
    });
  },
};

type Lane = TestProjectInlineConfiguration['test'];
const lane = (name: string, test: Lane): TestProjectInlineConfiguration => ({
  test: { name, testTimeout: 30_000, hookTimeout: 60_000, include: [`test/**/*.${name}.test.ts`], ...test },
});
const build = 'test/infra/build.setup.ts';

export default defineConfig({
  test: {
    reporters: ['default', closingLine],
    projects: [
      lane('rules', {
        include: ['test/**/*.test.ts'],
        exclude: ['test/**/*.{cloud,running,acceptance}.test.ts', 'test/acceptance/**'],
        globalSetup: [build],
        setupFiles: ['test/support/declared.setup.ts'],
      }),
      lane('cloud', { globalSetup: [build] }),
      lane('running', { globalSetup: [build] }),
      lane('acceptance', {
        include: ['test/acceptance/**/*.test.ts'],
        globalSetup: [build, 'test/acceptance/support/setup.ts'],
      }),
    ],
  },
});
