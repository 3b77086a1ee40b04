/** Laws that the functions do not keep yet: what breaks them proves nothing. Taken out of this list with their rule. */
export const notYet: ReadonlySet<string> = new Set();
