/** The sources as text, for tests that hold how they are written and what they know of each other. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

export const root = join(import.meta.dirname, '../..');
export const filesOf = (...patterns: readonly string[]): readonly string[] =>
  globSync([...patterns], { cwd: root, exclude: ['**/node_modules/**', 'events/schemas/**'] }).toSorted();
export const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');

const comment = /\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/.source;
const quoted = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/.source;
const template = /`(?:\\.|[^`\\])*`/.source;
/** Line breaks are kept, so that places can be named. */
const blank = (text: string): string => text.replaceAll(/[^\n]/g, '');
const without = (pattern: string, text: string): string => text.replaceAll(new RegExp(pattern, 'gm'), blank);

export const codeOf = (file: string): string => without(comment, textOf(file));
/** Without comments and quoted texts. */
export const namesOf = (file: string): string => without(`${comment}|${quoted}`, textOf(file));
/** Comments and texts alone. */
export const proseOf = (file: string): string =>
  textOf(file).replaceAll(
    new RegExp(`(${comment}|${quoted}|${template})|[^\\n]`, 'gm'),
    (_, prose?: string) => prose ?? '',
  );

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
