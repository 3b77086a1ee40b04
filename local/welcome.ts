/** What `npm start` prints when the stack is ready. */
import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Ready } from './cloud/ready.ts';
import { defaultMidtransKey, midtransKeyVariable } from './gateway/own-key.ts';
import type { StartOptions } from './options.ts';

const gambir = '{"lat":-6.1767,"lng":106.8306}';
const airport = '{"lat":-6.1256,"lng":106.6559}';

/** Only the key that everyone knows is printed. */
const keyLine = (): string =>
  process.env[midtransKeyVariable]
    ? `from ${midtransKeyVariable}`
    : `${defaultMidtransKey}  (choose another with ${midtransKeyVariable})`;

const flagLines = (file: string): readonly string[] => {
  if (!existsSync(file)) return [];
  const flags: Readonly<Record<string, Readonly<Record<string, number>>>> = JSON.parse(readFileSync(file, 'utf8'));
  return Object.entries(flags).map(([name, shares]) => {
    const parts = Object.entries(shares).map(([value, percent]) =>
      value === 'percent' ? `${percent} %` : `${value} ${percent} %`,
    );
    return `  Flag           ${name}: ${parts.join(', ')}`;
  });
};

type WelcomeOptions = Pick<StartOptions, 'directory' | 'memory'> & {
  readonly ready: Ready;
  readonly root: string;
  readonly seconds: number;
};

export const welcome = ({ ready, root, directory, memory, seconds }: WelcomeOptions): string => {
  const folder = relative(root, directory) || directory;
  const call = (method: string, path: string, role: string, body: string): string =>
    `  curl -X ${method} ${ready.api}/${path} -H "authorization: Bearer $(token ${role} ${role}-1)" ` +
    `-H 'content-type: application/json' -d '${body}'`;
  return [
    `Tuntas runs on this machine (ready in ${seconds.toFixed(1)} s). Ctrl-C stops it.`,
    `  HTTP API       ${ready.api}  (described at ${ready.api}/openapi.json)`,
    `  WebSocket      ${ready.websocket}?token=...`,
    `  Tokens         ${ready.tokens}?role=driver&sub=driver-1`,
    `  Look inside    ${ready.admin}/alarms, /metrics, /logs/dispatch-api, /status`,
    `  Live notices   ${ready.live}?token=...`,
    `  Gateway        ${ready.midtrans}/pay  (pay here)`,
    `  Server key     ${keyLine()}`,
    `  Devices        ${ready.mqtt}  (client id meter-CAR, topic tuntas/cars/CAR/argo)`,
    `  Mails          ${ready.mailbox}/mails`,
    `  State          ${memory ? 'in memory, forgotten at the end' : `${folder}  (forget it with --fresh)`}`,
    ...flagLines(join(root, 'local', 'flags.json')),
    '',
    'Try it in another terminal:',
    `  token() { curl -s "${ready.tokens}?plain&role=$1&sub=$2"; }`,
    call('PUT', 'drivers/me', 'driver', `{"onDuty":true,"position":${gambir}}`),
    call('POST', 'rides', 'rider', `{"serviceLine":"BB","pickup":${gambir},"destination":${airport}}`),
  ].join('\n');
};
