/** The mails of one machine: the newest few hundred, one JSON line each in a file, so that a restart keeps them. */
import { appendFileSync, writeFileSync } from 'node:fs';
import { readJsonLines } from '../../json.ts';
import { z } from '../template/schema.ts';

export const mailSchema = z.object({
  from: z.string().min(1),
  to: z.string().min(1),
  subject: z.string().min(1),
  html: z.string(),
  text: z.string(),
  reference: z.string().default(''),
});
type NewMail = z.infer<typeof mailSchema>;
export type Mail = NewMail & { readonly id: number; readonly at: string };
type Filter = { readonly to?: string | undefined; readonly reference?: string | undefined };

/** @param file where they are kept; without it they live as long as the process */
export const openMails = (file: string | undefined, kept = 500) => {
  let mails = readJsonLines<Mail>(file).slice(-kept);
  let written = 0;
  const line = (mail: Mail): string => `${JSON.stringify(mail)}\n`;
  const rewrite = (path: string): void => {
    writeFileSync(path, mails.map(line).join(''));
    written = mails.length;
  };
  const store = (path: string, mail: Mail) => {
    if (written >= 2 * kept) return rewrite(path);
    appendFileSync(path, line(mail));
    written += 1;
  };
  if (file !== undefined) rewrite(file);
  return {
    add: (given: NewMail): Mail => {
      const mail = { id: (mails.at(-1)?.id ?? 0) + 1, at: new Date().toISOString(), ...given };
      mails = [...mails, mail].slice(-kept);
      if (file !== undefined) store(file, mail);
      return mail;
    },
    /** The newest first. */
    list: ({ to, reference = '' }: Filter = {}): readonly Mail[] =>
      mails.filter((mail) => mail.to === (to ?? mail.to) && mail.reference.startsWith(reference)).toReversed(),
    get: (id: number): Mail | undefined => mails.find((mail) => mail.id === id),
  };
};
