/** The mailbox of one machine: mails arrive, can be read by people and tests, and are there after a restart. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { startMailbox } from '../../../../local/cloud/mailbox/mailbox.ts';
import { openMails } from '../../../../local/cloud/mailbox/mails.ts';

const folder = mkdtempSync(join(tmpdir(), 'tuntas-mailbox-'));
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const start = async (file?: string) => {
  const mailbox = await startMailbox(0, file);
  stops.push(mailbox.stop);
  return mailbox;
};
const mail = (n: number, to = 'anna@rider.example') => ({
  from: 'Tuntas <receipts@tuntas.example>',
  to,
  subject: `Tanda terima ${n}`,
  html: `<p>${n}</p>`,
  text: String(n),
  reference: `TNT-20261121-000004${n}-1795232640`,
});
const post = (url: string, body: unknown) =>
  fetch(`${url}/mails`, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) });
const get = async (url: string) =>
  (await (await fetch(url)).json()) as { mails: { id: number; text: string; html?: string }[] };

describe('a mail', () => {
  it('is kept, and listed by person and by order', async () => {
    const { url } = await start();
    for (const one of [mail(1), mail(2, 'budi@rider.example'), mail(3)])
      expect((await post(url, one)).status).toBe(201);
    expect((await get(`${url}/mails`)).mails.map(({ id }) => id)).toEqual([3, 2, 1]);
    expect((await get(`${url}/mails?to=anna@rider.example`)).mails.map(({ text }) => text)).toEqual(['3', '1']);
    expect((await get(`${url}/mails?reference=TNT-20261121-0000042`)).mails).toMatchObject([{ text: '2' }]);
    expect(await (await fetch(`${url}/mails/2/html`)).text()).toBe('<p>2</p>');
    expect((await fetch(`${url}/mails/9`)).status).toBe(404);
  });

  it('is there after a restart, and what was cut off by a kill is not', async () => {
    const file = join(folder, 'restart.jsonl');
    const first = await start(file);
    await post(first.url, mail(1));
    await stops.pop()?.();
    appendFileSync(file, '{"id":2,"to":"an');
    const again = await start(file);
    expect((await get(`${again.url}/mails`)).mails.map(({ id }) => id)).toEqual([1]);
    await post(again.url, mail(2));
    expect(
      openMails(file)
        .list()
        .map(({ text }) => text),
    ).toEqual(['2', '1']);
  });

  it.each([['not JSON'], [{}], [{ ...mail(1), to: '' }], [{ ...mail(1), text: 1 }]])('%j is refused', async (body) => {
    const { url } = await start();
    expect((await post(url, body)).status).toBe(400);
    expect((await get(`${url}/mails`)).mails).toEqual([]);
  });

  it('is not shown to a page from elsewhere', async () => {
    const { url } = await start();
    expect((await fetch(`${url}/mails`, { headers: { origin: 'https://evil.example' } })).status).toBe(403);
  });
});

describe('many mails', () => {
  it('push the oldest out, in the file as well', () => {
    const file = join(folder, 'many.jsonl');
    const mails = openMails(file, 10);
    for (let n = 0; n < 45; n += 1) mails.add(mail(n));
    expect(mails.list().map(({ id }) => id)).toEqual([45, 44, 43, 42, 41, 40, 39, 38, 37, 36]);
    expect(readFileSync(file, 'utf8').split('\n').length).toBeLessThan(25);
    expect(openMails(file, 10).list()).toEqual(mails.list());
  });
});
