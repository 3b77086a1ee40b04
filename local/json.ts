/** JSON from outside. */
import { existsSync, readFileSync } from 'node:fs';

export type Json = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The record's value for a name from outside, which may be `constructor`. */
export const own = <T>(record: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined;

/** Undefined when the text is not JSON. */
export const parseJson = (text: string): { readonly value: unknown } | undefined => {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
};

/** The lines of a file that is only appended to, without a last one that a killed process did not complete. */
export const readJsonLines = <Line>(file: string | undefined): readonly Line[] =>
  file === undefined || !existsSync(file)
    ? []
    : readFileSync(file, 'utf8')
        .split('\n')
        .flatMap((line) => (parseJson(line)?.value as Line | undefined) ?? []);
