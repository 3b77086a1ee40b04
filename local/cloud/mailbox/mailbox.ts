/** A mailbox in place of the mail service: takes mails over HTTP, keeps them, shows them to people and tests. */
import type { IncomingMessage } from 'node:http';
import { html, isFromPage, json, onlyForPrograms, type Reply, readBody, serve, urlOf } from '../../server/http.ts';
import { issuesOf } from '../template/schema.ts';
import { type Mail, mailSchema, openMails } from './mails.ts';

const largestBody = 1_000_000;

/** A list is read without the bodies. */
const summary = ({ html: _, ...mail }: Mail) => mail;

/**
 * `POST /mails` takes one; `GET /mails?to=&reference=` lists them, the newest first (`reference` may be the beginning
 * of one, such as an order number); `GET /mails/{id}` is one, and `GET /mails/{id}/html` is how it looks.
 * @param file where mails are kept over a restart
 */
export const startMailbox = (port: number, file?: string) => {
  const mails = openMails(file);

  const take = async (request: IncomingMessage): Promise<Reply> => {
    const parsed = mailSchema.safeParse(JSON.parse((await readBody(request, largestBody)).toString()));
    return parsed.success
      ? json(201, { id: mails.add(parsed.data).id })
      : json(400, { message: issuesOf(parsed.error) });
  };

  const show = ({ pathname, searchParams }: URL): Reply => {
    const [to, reference] = ['to', 'reference'].map((name) => searchParams.get(name) ?? undefined);
    if (pathname === '/mails') return json(200, { mails: mails.list({ to, reference }).map(summary) });
    const [, id, isHtml] = /^\/mails\/(\d+)(\/html)?$/.exec(pathname) ?? [];
    const mail = id === undefined ? undefined : mails.get(Number(id));
    if (!mail) return json(404, { message: `There is no mail at ${pathname}` });
    return isHtml ? html(200, mail.html) : json(200, mail);
  };

  const respond = async (request: IncomingMessage): Promise<Reply> => {
    // Mails are personal, even here.
    if (isFromPage(request)) return onlyForPrograms();
    const url = urlOf(request);
    if (request.method === 'POST' && url.pathname === '/mails') return take(request);
    return request.method === 'GET' ? show(url) : json(405, { message: 'GET or POST' });
  };
  const readable = async (request: IncomingMessage): Promise<Reply> => {
    const { headers, ...reply } = await respond(request);
    return { ...reply, headers: { ...headers, 'access-control-allow-origin': '*' } };
  };
  return serve(readable, port);
};
