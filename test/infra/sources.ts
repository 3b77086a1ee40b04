/** The sources as text, for tests that hold how they are written and what they know of each other. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

export const root = join(import.meta.dirname, '../..');
export const filesOf = (...patterns: readonly string[]): readonly string[] =>
  globSync([...patterns], { cwd: root, exclude: ['**/node_modules/**', 'events/schemas/**'] }).toSorted();
export const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');

const comments = /\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm;
/** Without comments. */
export const codeOf = (file: string): string => textOf(file).replaceAll(comments, '');
/** Without comments and quoted texts, on the same lines. */
export const namesOf = (file: string): string =>
  textOf(file)
    .replaceAll(comments, (comment) => comment.replaceAll(/[^\n]/g, ''))
    .replaceAll(/'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g, "''");

export type Import = { readonly target: string; readonly typeOnly: boolean };

/** What a file imports: project files by their path from the root, packages by their name. */
export const importsOf = (file: string): readonly Import[] =>
  [
    ...codeOf(file).matchAll(/^(?:import|export)\s+(type\s)?[^'";]*?from\s+'([^']+)'|(typeof )?import\('([^']+)'\)/gm),
  ].map(([, type, from, typeOf, lazy]) => {
    const name = (from ?? lazy) as string;
    const target = name.startsWith('.') ? relative(root, join(root, file, '..', name)) : name;
    return { target, typeOnly: (type ?? typeOf) !== undefined };
  });

export const exists = (file: string): boolean => existsSync(join(root, file));
