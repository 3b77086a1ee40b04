/** The mails of one machine: the newest few hundred, one JSON line each in a file, so that they are there after a restart. */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { z } from '../template/schema.ts';

export const mailSchema = z.object({
  from: z.string().min(1),
  to: z.string().min(1),
  subject: z.string().min(1),
  html: z.string(),
  text: z.string(),
  reference: z.string().default(''),
});
export type Mail = z.infer<typeof mailSchema> & { readonly id: number; readonly at: string };

export interface Mails {
  readonly add: (mail: z.infer<typeof mailSchema>) => Mail;
  /** The newest first. */
  readonly list: (wanted?: {
    readonly to?: string | undefined;
    readonly reference?: string | undefined;
  }) => readonly Mail[];
  readonly get: (id: number) => Mail | undefined;
}

const KEPT = 500;

/** A line that was being written when the process was killed is no JSON. */
const mailOf = (line: string): Mail[] => {
  try {
    return [JSON.parse(line)];
  } catch {
    return [];
  }
};

/** @param file where they are kept; without it they live as long as the process */
export const openMails = (file: string | undefined, kept = KEPT): Mails => {
  let mails: readonly Mail[] =
    file !== undefined && existsSync(file) ? readFileSync(file, 'utf8').split('\n').flatMap(mailOf).slice(-kept) : [];
  let written = 0;
  const line = (mail: Mail): string => `${JSON.stringify(mail)}\n`;
  const rewrite = (path: string): void => {
    writeFileSync(path, mails.map(line).join(''));
    written = mails.length;
  };
  const keep = (mail: Mail): void => {
    if (file === undefined) return;
    if (written >= 2 * kept) rewrite(file);
    else {
      appendFileSync(file, line(mail));
      written += 1;
    }
  };
  if (file !== undefined) rewrite(file);
  return {
    add: (given) => {
      const mail = { id: (mails.at(-1)?.id ?? 0) + 1, at: new Date().toISOString(), ...given };
      mails = [...mails, mail].slice(-kept);
      keep(mail);
      return mail;
    },
    list: ({ to, reference } = {}) =>
      mails
        .filter(
          (mail) =>
            (to === undefined || mail.to === to) && (reference === undefined || mail.reference.startsWith(reference)),
        )
        .toReversed(),
    get: (id) => mails.find((mail) => mail.id === id),
  };
};
