/** The addresses of one machine: ports for what the template puts on the network, in place of AWS's names. */
import { loopback, type TakePort, urlAt } from '../server/ports.ts';
import { literally } from './regexp.ts';
import type { Template } from './template/assembly.ts';

export const account = '000000000000';
export const region = 'ap-southeast-3';

export type Addresses = Awaited<ReturnType<typeof findAddresses>>;

/** The first ports that are tried, so that a newcomer's stack is where the documentation says. */
export const usualPorts = {
  api: 4000,
  control: 4001,
  socket: 4002,
  sqs: 4003,
  dynamoDb: 4004,
  sweep: 4005,
  mailbox: 4007,
  midtrans: 4008,
  mqtt: 4009,
  url: 4010,
} as const;

/** The ports of HTTP APIs, WebSocket APIs and function URLs by logical id. */
const portsOf = async ({ Resources }: Template, takePort: TakePort, apiPort: number | undefined) => {
  const ports = new Map<string, number>();
  let required = apiPort;
  for (const [id, { Type, Properties }] of Object.entries(Resources)) {
    if (Type === 'AWS::Lambda::Url') ports.set(id, await takePort(`resource:${id}`, { usual: usualPorts.url }));
    if (Type !== 'AWS::ApiGatewayV2::Api') continue;
    const isHttp = Properties?.ProtocolType === 'HTTP';
    const request = isHttp ? { usual: usualPorts.api, required } : { usual: usualPorts.socket };
    ports.set(id, await takePort(`resource:${id}`, request));
    if (isHttp) required = undefined;
  }
  return ports;
};

/** @param apiPort the port of the first HTTP API */
export const findAddresses = async (template: Template, takePort: TakePort, apiPort: number | undefined) => {
  const ports = await portsOf(template, takePort, apiPort);
  const control = await takePort('control', { usual: usualPorts.control });
  const sqs = await takePort('sqs', { usual: usualPorts.sqs });
  const portOf = (id: string): number => {
    const port = ports.get(id);
    if (port === undefined) throw new Error(`${id} has no address on this machine`);
    return port;
  };
  const names = [
    ...[...ports].map(([id, port]) => ({
      name: new RegExp(`(http|ws)s?://${id.toLowerCase()}\\.execute-api\\.${region}\\.amazonaws\\.com`, 'g'),
      port,
    })),
    // The template of stage local names the issuer at its usual port.
    { name: new RegExp(`(http)://${literally(loopback)}:${usualPorts.control}(?=/)`, 'g'), port: control },
  ];
  return {
    portOf,
    control: urlAt(control),
    controlPort: control,
    sqs: urlAt(sqs),
    sqsPort: sqs,
    dynamoDbPort: await takePort('dynamodb', { usual: usualPorts.dynamoDb }),
    sweepPort: await takePort('sweep', { usual: usualPorts.sweep }),
    queue: (name: string): string => `${urlAt(sqs)}/${account}/${name}`,
    api: (id: string): string => urlAt(portOf(id)),
    functionUrl: (id: string): string => `${urlAt(portOf(id))}/`,
    /** Replaces the name of an API on AWS, and the usual address of the issuer, by the addresses of this run. */
    rewrite: (text: string): string =>
      names.reduce(
        (whole, { name, port }) => whole.replace(name, (_all, scheme: string) => `${scheme}://${loopback}:${port}`),
        text,
      ),
  };
};
