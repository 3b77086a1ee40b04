/** Settings of a function; a missing one stops its start, by name. */
import type { Env } from './ports.ts';

/** @throws when the variable is not set */
export const required = (env: Env, name: string): string => {
  const value = env[name];
  if (!value) throw new Error(`environment variable ${name} is not set`);
  return value;
};
