/** A lean DynamoDB client over plain HTTP JSON: the SDK's stream client loses a record's user identity. */
import { Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { AwsError } from '../../server/aws-json.ts';

export type DynamoDb = (operation: string, input: unknown) => Promise<Record<string, unknown>>;

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
  const send = (operation: string, body: string): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const options = { method: 'POST', agent, headers: headersOf(operation, body), timeout: 15_000 };
      const sent = request(endpoint, options, resolve);
      sent.on('timeout', () => sent.destroy(new Error(`${operation}: no answer from ${endpoint}`)));
      sent.on('error', reject).end(body);
    });
  const call: DynamoDb = async (operation, input) => {
    const response = await send(operation, JSON.stringify(input));
    try {
      const answer = JSON.parse((await text(response)) || '{}');
      if (response.statusCode === 200) return answer;
      const { __type: type = 'Error', message = answer.Message ?? response.statusCode } = answer;
      throw new AwsError(String(type).replace(/^.*#/, ''), `${operation}: ${message}`);
    } catch (cause) {
      if (!(cause instanceof SyntaxError)) throw cause;
      throw new Error(`${operation}: ${endpoint} answered ${response.statusCode} and no JSON`, { cause });
    }
  };
  return { call, close: () => agent.destroy() };
};
