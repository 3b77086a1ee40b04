/** Texts as parts of regular expressions. */

/** The source that matches a text and nothing else. */
export const literally = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** A pattern of policies: `*` is any text, `?` is any character. */
export const wildcard = (pattern: string): string => literally(pattern).replaceAll('\\*', '.*').replaceAll('\\?', '.');
