/** Unit, infrastructure and acceptance tests in one run; the last line counts them. */
import { defineConfig } from 'vitest/config';
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

const patience = { testTimeout: 30_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    reporters: ['default', closingLine],
    projects: [
      {
        test: {
          ...patience,
          name: 'rules',
          include: ['test/**/*.test.ts'],
          exclude: ['test/acceptance/**'],
          globalSetup: ['test/infra/build.setup.ts'],
        },
      },
      {
        test: {
          ...patience,
          name: 'acceptance',
          include: ['test/acceptance/**/*.test.ts'],
          globalSetup: ['test/acceptance/support/setup.ts'],
        },
      },
    ],
  },
});
