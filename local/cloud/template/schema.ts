/** Small schemas that every reader of template properties shares. CloudFormation lets numbers and booleans be text. */
import * as z from 'zod';

export const text = z.string();
export const number = z.coerce.number();
export const flag = z.union([z.boolean(), z.stringbool()]);
/** Properties that change nothing on one machine, and are left out deliberately. */
export const unused = <Name extends string>(...names: readonly Name[]) =>
  Object.fromEntries(names.map((name) => [name, z.unknown().optional()])) as Record<Name, z.ZodOptional<z.ZodUnknown>>;
/** A text or a list of texts, as a list. */
export const oneOrMore = z.union([text.transform((one) => [one]), z.array(text)]);

/** What does not fit, each with its field. */
export const issuesOf = ({ issues }: z.ZodError): string =>
  issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');

export { z };
