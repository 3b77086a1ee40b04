/** Small schemas that every reader of template properties shares. CloudFormation lets numbers and booleans be text. */
import * as z from 'zod';

export const text = z.string();
export const number = z.coerce.number();
export const flag = z.union([z.boolean(), z.stringbool()]);
export const tags = z.unknown().optional();
/** A property that changes nothing on one machine, and is left out deliberately. */
export const unused = z.unknown().optional();
export { z };
