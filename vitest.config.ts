/** Four lanes of tests by cost, told apart by the suffix of a file; the last line of a run counts all of them. */
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import type { Reporter, TestModule } from 'vitest/node';

/** `Tests: 12 passed, 0 failed, 1 skipped` as the last line. What kept tests from running counts as a failed one. */
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
const lane = (name: string, test: Lane = {}): TestProjectInlineConfiguration => ({
  test: { name, testTimeout: 30_000, hookTimeout: 60_000, include: [`test/**/*.${name}.test.ts`], ...test },
});
const inOrder = (groupOrder: number, maxWorkers: number): Lane => ({ maxWorkers, sequence: { groupOrder } });
const setupFiles = ['test/support/declared.setup.ts'];
const build = 'test/support/build.setup.ts';
const templates = 'test/infra/templates.setup.ts';

// Set by Stryker (`npm run mutate`): a rule that is taken out must fail a test of the pure lane.
const isMutated = process.env.STRYKER_MUTATOR_WORKER !== undefined;

/** Lanes of one order run at the same time; a running stack has the machine to itself. */
const lanes = [
  lane('rules', {
    include: ['test/**/*.test.ts'],
    exclude: ['test/**/*.{cloud,running,acceptance}.test.ts'],
    setupFiles,
    // One environment for all files of a worker: half of the time was loading the same modules again.
    isolate: isMutated,
    ...inOrder(0, 2),
  }),
  lane('cloud', { globalSetup: [templates], setupFiles, ...inOrder(0, 2) }),
  lane('running', { globalSetup: [build], ...inOrder(1, 1) }),
  lane('acceptance', { globalSetup: [build, 'test/acceptance/support/setup.ts'], ...inOrder(2, 2) }),
];

export default defineConfig({
  test: { reporters: ['default', closingLine], projects: isMutated ? lanes.slice(0, 1) : lanes },
});
