/** Text as a queue takes it: SQS refuses a message for characters that JSON leaves as they are (U+FFFF; emulators: emoji). */
const refused = /[^\t\n\r\x20-\ud7ff\ue000-\ufffd]/g;

/** The same JSON, those characters written as escapes. */
export const queueJson = (json: string): string =>
  json.replace(refused, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** Words for a person, those characters left out. */
export const queueWords = (words: string): string => words.replace(refused, '?');
