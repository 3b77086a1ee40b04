/** What is written to stdout and stderr during a test, where Lambda takes its log lines from. */
import { afterEach, beforeEach, vi } from 'vitest';

type Line = Readonly<Record<string, unknown>>;

/** Call it in a `describe` or at the top of a file. */
export const captured = () => {
  let text = '';
  beforeEach(() => {
    text = '';
    for (const stream of [process.stdout, process.stderr])
      vi.spyOn(stream, 'write').mockImplementation((chunk) => {
        text += String(chunk);
        return true;
      });
  });
  afterEach(() => void vi.restoreAllMocks());
  return {
    text: (): string => text,
    lines: (): readonly Line[] =>
      text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Line),
  };
};
