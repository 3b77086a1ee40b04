/** Where things are on this machine: ports for what the template puts on the network, and AWS's names for them rewritten. */
import { LOOPBACK, type TakePort } from '../server/ports.ts';
import type { Template } from './template/assembly.ts';
import type { Addresses } from './template/identities.ts';

export const ACCOUNT = '000000000000';
export const REGION = 'ap-southeast-3';

export interface Places extends Addresses {
  readonly portOf: (logicalId: string) => number;
  readonly control: number;
  readonly sqs: number;
  readonly dynamoDb: number;
  readonly sweep: number;
  /** Puts the addresses of this run where a text names an API as it is reached on AWS, or the issuer where it usually is. */
  readonly rewrite: (text: string) => string;
}

export const pseudoParameters = (stackName: string): Readonly<Record<string, string>> => ({
  'AWS::AccountId': ACCOUNT,
  'AWS::Region': REGION,
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::StackName': stackName,
  'AWS::StackId': `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/${stackName}/local`,
});

/** The first ports that are tried, so that a newcomer's stack is where the documentation says. */
export const USUAL = {
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

export const findPlaces = async (
  template: Template,
  takePort: TakePort,
  apiPort: number | undefined,
): Promise<Places> => {
  const ports = new Map<string, number>();
  const reached = Object.entries(template.Resources).filter(
    ([, { Type }]) => Type === 'AWS::ApiGatewayV2::Api' || Type === 'AWS::Lambda::Url',
  );
  let first = true;
  for (const [id, { Type, Properties }] of reached) {
    const isHttp = Type === 'AWS::ApiGatewayV2::Api' && Properties?.ProtocolType === 'HTTP';
    const usual = isHttp ? USUAL.api : Type === 'AWS::Lambda::Url' ? USUAL.url : USUAL.socket;
    ports.set(
      id,
      await takePort(`resource:${id}`, {
        usual,
        ...(isHttp && first && apiPort !== undefined && { required: apiPort }),
      }),
    );
    if (isHttp) first = false;
  }
  const [control, sqs, dynamoDb, sweep] = [
    await takePort('control', { usual: USUAL.control }),
    await takePort('sqs', { usual: USUAL.sqs }),
    await takePort('dynamodb', { usual: USUAL.dynamoDb }),
    await takePort('sweep', { usual: USUAL.sweep }),
  ];
  const portOf = (id: string): number => {
    const port = ports.get(id);
    if (port === undefined) throw new Error(`${id} has no address on this machine`);
    return port;
  };
  const names = [
    ...[...ports].map(([id, port]) => ({
      named: new RegExp(`(http|ws)s?://${id.toLowerCase()}\\.execute-api\\.${REGION}\\.amazonaws\\.com`, 'g'),
      port,
    })),
    // The stage names its issuer where it usually is.
    { named: new RegExp(`(http)://${LOOPBACK.replaceAll('.', '\\.')}:${USUAL.control}(?=/)`, 'g'), port: control },
  ];
  return {
    control,
    sqs,
    dynamoDb,
    sweep,
    portOf,
    queue: (name) => `http://${LOOPBACK}:${sqs}/${ACCOUNT}/${name}`,
    api: (id) => `http://${LOOPBACK}:${portOf(id)}`,
    functionUrl: (id) => `http://${LOOPBACK}:${portOf(id)}/`,
    rewrite: (text) =>
      names.reduce(
        (whole, { named, port }) => whole.replace(named, (_all, scheme: string) => `${scheme}://${LOOPBACK}:${port}`),
        text,
      ),
  };
};
