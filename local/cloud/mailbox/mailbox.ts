/** Stands in for the mail service: takes mails over HTTP, keeps them, shows them to people and tests. Nothing leaves the machine. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { readBody } from '../../server/aws-json.ts';
import { type Listening, listen } from '../../server/listen.ts';
import { type Mail, mailSchema, openMails } from './mails.ts';

export interface MailboxOptions {
  readonly port: number;
  /** Where mails are kept over a restart. */
  readonly file?: string | undefined;
}

const LIMIT = 1_000_000;
const LOCAL_NAME = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/;

const send = (response: ServerResponse, status: number, type: string, content: string): void => {
  const headers = {
    'content-type': type,
    'content-length': Buffer.byteLength(content),
    'access-control-allow-origin': '*',
  };
  response.writeHead(status, headers).end(content);
};
const json = (response: ServerResponse, status: number, body: unknown): void =>
  send(response, status, 'application/json', JSON.stringify(body));

/** Mails are personal, even here: pages of the outside world must not read them through a visitor's browser. */
const isFromOutside = ({ headers: { host = '', origin } }: IncomingMessage): boolean =>
  !LOCAL_NAME.test(host) || (origin !== undefined && !LOCAL_NAME.test(origin.replace(/^https?:\/\//, '')));

/** A list is read without the bodies. */
const shown = ({ html: _, text, ...mail }: Mail) => ({ ...mail, text });

/**
 * `POST /mails` takes one; `GET /mails?to=&reference=` lists them, the newest first (`reference` may be the beginning of one, such as an
 * order number); `GET /mails/{id}` is one, and `GET /mails/{id}/html` is how it looks.
 */
export const startMailbox = ({ port, file }: MailboxOptions): Promise<Listening> => {
  const mails = openMails(file);

  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const parsed = mailSchema.safeParse(JSON.parse((await readBody(request, LIMIT)).toString()));
    if (parsed.success) json(response, 201, { id: mails.add(parsed.data).id });
    else
      json(response, 400, {
        message: parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '),
      });
  };

  const show = (response: ServerResponse, { pathname, searchParams }: URL): void => {
    const [, id, html] = /^\/mails\/(\d+)(\/html)?$/.exec(pathname) ?? [];
    const mail = id === undefined ? undefined : mails.get(Number(id));
    const [to, reference] = ['to', 'reference'].map((name) => searchParams.get(name) ?? undefined);
    if (pathname === '/mails') json(response, 200, { mails: mails.list({ to, reference }).map(shown) });
    else if (!mail) json(response, 404, { message: `There is no mail at ${pathname}` });
    else if (html) send(response, 200, 'text/html; charset=utf-8', mail.html);
    else json(response, 200, mail);
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (isFromOutside(request)) return json(response, 403, { message: 'Only for programs on this machine' });
    const url = new URL(request.url ?? '/', 'http://local');
    if (request.method === 'POST' && url.pathname === '/mails') return take(request, response);
    if (request.method === 'GET') return show(response, url);
    json(response, 405, { message: 'GET or POST' });
  };

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (response.headersSent) return void response.destroy();
      json(response, error instanceof SyntaxError ? 400 : 500, {
        message: error instanceof Error ? error.message : String(error),
      });
    });
  });
  return listen(server, port);
};
