/** A small stack for the tests of the embedded cloud: a hand-written template and functions of a few lines. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Local, type LocalOptions, startLocal } from '../../../local/cloud/cloud.ts';

type Properties = Readonly<Record<string, unknown>>;
export type Resources = Readonly<Record<string, { readonly Type: string; readonly Properties: Properties }>>;

const arnOf = (id: string): object => ({ 'Fn::GetAtt': [id, 'Arn'] });
const ref = (id: string): object => ({ Ref: id });

/** Sends one request of the JSON protocol over node:http, as the SDK would. */
const clientModule = `
import { request } from 'node:http';
export const aws = (service, target, input) => new Promise((resolve, reject) => {
  const body = JSON.stringify(input);
  const url = new URL(process.env['AWS_ENDPOINT_URL_' + service] ?? process.env.AWS_ENDPOINT_URL);
  const credential = 'Credential=a/20261121/local/s/aws4_request';
  const headers = {
    'content-type': 'application/x-amz-json-1.0', 'content-length': Buffer.byteLength(body),
    'x-amz-target': target, 'x-amz-date': '20261121T000000Z',
    authorization: 'AWS4-HMAC-SHA256 ' + credential + ', SignedHeaders=host, Signature=0',
  };
  const sent = request({ host: url.hostname, port: url.port, method: 'POST', path: '/', headers }, (response) => {
    let text = '';
    response.on('data', (chunk) => { text += chunk; });
    response.on('end', () => response.statusCode === 200 ? resolve(JSON.parse(text || '{}')) : reject(new Error(text)));
  });
  sent.on('error', reject);
  sent.end(body);
});
export const put = (TableName, pk, more = {}) =>
  aws('DYNAMODB', 'DynamoDB_20120810.PutItem', { TableName, Item: { pk: { S: pk }, ...more } });
`;

export const lambda = (name: string, more: Properties = {}): Resources => ({
  [name]: {
    Type: 'AWS::Lambda::Function',
    Properties: {
      FunctionName: `small-${name.toLowerCase()}`,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Code: { S3Bucket: 'assets', S3Key: `${name}.zip` },
      Timeout: 5,
      MemorySize: 128,
      Role: 'arn:role',
      ...more,
    },
  },
});

export const queue = (name: string, more: Properties = {}): Resources => ({
  [name]: { Type: 'AWS::SQS::Queue', Properties: { QueueName: `small-${name.toLowerCase()}`, ...more } },
});

export const table = (name: string): Resources => ({
  [name]: {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      TableName: `small-${name.toLowerCase()}`,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
    },
  },
});

export const mapping = (name: string, source: object, target: string, more: Properties = {}): Resources => ({
  [name]: {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: {
      EventSourceArn: source,
      FunctionName: ref(target),
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ...more,
    },
  },
});

export const httpApi = (
  routes: Readonly<Record<string, { readonly target: string; readonly jwt?: boolean; readonly timeoutMs?: number }>>,
  stage: Properties = {},
): Resources => {
  const resources: Record<string, Resources[string]> = {
    Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'small', ProtocolType: 'HTTP' } },
    Stage: {
      Type: 'AWS::ApiGatewayV2::Stage',
      Properties: { ApiId: ref('Api'), StageName: '$default', AutoDeploy: true, ...stage },
    },
    Oidc: {
      Type: 'AWS::ApiGatewayV2::Authorizer',
      Properties: {
        ApiId: ref('Api'),
        AuthorizerType: 'JWT',
        Name: 'Oidc',
        IdentitySource: ['$request.header.Authorization'],
        JwtConfiguration: { Issuer: 'http://127.0.0.1:4001/issuer', Audience: ['tuntas'] },
      },
    },
  };
  for (const [index, [RouteKey, { target, jwt, timeoutMs = 30_000 }]] of Object.entries(routes).entries()) {
    const integration = `Integration${index}`;
    resources[integration] = {
      Type: 'AWS::ApiGatewayV2::Integration',
      Properties: {
        ApiId: ref('Api'),
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: arnOf(target),
        PayloadFormatVersion: '2.0',
        TimeoutInMillis: timeoutMs,
      },
    };
    resources[`Route${index}`] = {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: {
        ApiId: ref('Api'),
        RouteKey,
        Target: { 'Fn::Join': ['', ['integrations/', ref(integration)]] },
        ...(jwt ? { AuthorizationType: 'JWT', AuthorizerId: ref('Oidc') } : { AuthorizationType: 'NONE' }),
      },
    };
  }
  return resources;
};

export type SmallCloud = {
  readonly folder: string;
  readonly start: (more?: Partial<LocalOptions>) => Promise<Local>;
  readonly remove: () => void;
};

/**
 * @param functions source of each function's module by the logical id; it may call `aws` and `put`
 * @param devices the resources of the stack of the devices
 */
export const smallCloud = (
  resources: Resources,
  functions: Readonly<Record<string, string>>,
  outputs: Readonly<Record<string, unknown>> = {},
  devices?: Resources,
): SmallCloud => {
  const folder = mkdtempSync(join(tmpdir(), 'tuntas-small-'));
  const assembly = join(folder, 'assembly');
  mkdirSync(assembly);
  const write = (name: string, content: unknown): void => writeFileSync(join(assembly, name), JSON.stringify(content));
  write('manifest.json', {
    artifacts: {
      small: { type: 'aws:cloudformation:stack', properties: { templateFile: 'small.template.json' } },
      ...(devices && { 'small-devices': { type: 'aws:cloudformation:stack' } }),
    },
  });
  if (devices) write('small-devices.template.json', { Resources: devices });
  write('small.assets.json', {
    files: Object.fromEntries(Object.keys(functions).map((name) => [name, { source: { path: name } }])),
  });
  write('small.template.json', {
    Resources: resources,
    Outputs: Object.fromEntries(Object.entries(outputs).map(([name, Value]) => [name, { Value }])),
  });
  for (const [name, source] of Object.entries(functions)) {
    mkdirSync(join(assembly, name));
    writeFileSync(join(assembly, name, 'client.mjs'), clientModule);
    writeFileSync(join(assembly, name, 'index.mjs'), `import { aws, put } from './client.mjs';\n${source}`);
  }
  return {
    folder,
    start: (more = {}) =>
      startLocal({
        assembly,
        root: folder,
        directory: join(folder, 'state'),
        memory: true,
        port: 0,
        retryMs: 10,
        ...more,
      }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};

export const eventually = async <Value>(
  look: () => Value | Promise<Value>,
  isRight: (value: Value) => boolean,
  timeoutMs = 15_000,
): Promise<Value> => {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = await look();
    if (isRight(value)) return value;
    if (Date.now() > deadline) throw new Error(`still not so after ${timeoutMs} ms: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};
