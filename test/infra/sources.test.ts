/** How every source is written, where Biome has no rule: its first line, its longest line, the names of constants. */
import { describe, expect, it } from 'vitest';
import { codeOf, filesOf, textOf } from './sources.ts';

const rooms = 'bench,bin,client,events,functions,lib,local,test,tools,training';
const files = filesOf(`{${rooms}}/**/*.ts`, '*.ts');

const linesThat = (isWrong: (line: string) => boolean, read = textOf): readonly string[] =>
  files.flatMap((file) =>
    read(file)
      .split('\n')
      .flatMap((line, i) => (isWrong(line) ? [`${file}:${i + 1}`] : [])),
  );

describe('every source', () => {
  it('opens with what it is for', () => {
    expect(files.filter((file) => !textOf(file).startsWith('/**'))).toEqual([]);
  });

  it('has no line over 120 characters', () => {
    expect(linesThat((line) => line.length > 120)).toEqual([]);
  });

  it('names its constants in camelCase', () => {
    expect(linesThat((line) => /^\s*(?:export )?const [A-Z][A-Z0-9_]+\b/.test(line), codeOf)).toEqual([]);
  });
});
