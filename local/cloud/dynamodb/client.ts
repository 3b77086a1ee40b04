/** A lean DynamoDB client over plain HTTP JSON: the SDK's stream client loses a record's user identity. */
import { Agent, request } from 'node:http';

export type DynamoDb = (operation: string, input: unknown) => Promise<Record<string, unknown>>;

export class DynamoDbError extends Error {
  override readonly name: string;
  constructor(type: string, message: string) {
    super(message);
    this.name = type;
  }
}

const headersOf = (operation: string, body: string): Record<string, string | number> => ({
  'content-type': 'application/x-amz-json-1.0',
  'content-length': Buffer.byteLength(body),
  'x-amz-target': `${/Stream|Shard|Records/.test(operation) ? 'DynamoDBStreams' : 'DynamoDB'}_20120810.${operation}`,
  'x-amz-date': new Date().toISOString().replace(/[-:]|\.\d+/g, ''),
  authorization:
    'AWS4-HMAC-SHA256 Credential=local/20200101/local/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
});

export const dynamoDbClient = (endpoint: string): { readonly call: DynamoDb; readonly close: () => void } => {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const url = new URL(endpoint);
  const call: DynamoDb = (operation, input) =>
    new Promise((resolve, reject) => {
      const body = JSON.stringify(input);
      const sent = request(
        {
          host: url.hostname,
          port: url.port,
          method: 'POST',
          path: '/',
          agent,
          headers: headersOf(operation, body),
          timeout: 15_000,
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            try {
              const answer = JSON.parse(Buffer.concat(chunks).toString() || '{}');
              if (response.statusCode === 200) return resolve(answer);
              const { __type: type = 'Error', message = answer.Message ?? response.statusCode } = answer;
              reject(new DynamoDbError(String(type).replace(/^.*#/, ''), `${operation}: ${message}`));
            } catch (cause) {
              reject(new Error(`${operation}: ${endpoint} answered ${response.statusCode} and no JSON`, { cause }));
            }
          });
        },
      );
      sent.on('timeout', () => sent.destroy(new Error(`${operation}: no answer from ${endpoint}`)));
      sent.on('error', reject);
      sent.end(body);
    });
  return { call, close: () => agent.destroy() };
};
