/** Answers AWS's JSON protocol on the host's own port: one operation per X-Amz-Target. */
import type { IncomingMessage, ServerResponse } from 'node:http';

export type AwsOperation = (input: unknown) => unknown;

export class AwsError extends Error {
  override readonly name: string;
  readonly status: number;
  constructor(code: string, message: string, status = 400) {
    super(message);
    this.name = code;
    this.status = status;
  }
}

export const awsError = (code: string, message: string): AwsError => new AwsError(code, message);

export class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

/** Reads a request's body up to a limit; beyond it throws TooLarge and reads no further. */
export const readBody = (request: IncomingMessage, limit: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    if (Number(request.headers['content-length'] ?? 0) > limit) return reject(new TooLarge());
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) {
        request.removeAllListeners('data');
        request.resume();
        reject(new TooLarge());
      } else chunks.push(chunk);
    });
    request.on('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    request.on('error', reject);
    request.on('close', () => reject(new Error('the client went away')));
  });

const LIMIT = 2_000_000;

export const answerAws = async (
  request: IncomingMessage,
  response: ServerResponse,
  operations: Readonly<Record<string, AwsOperation>>,
): Promise<void> => {
  const target = String(request.headers['x-amz-target']);
  const type = String(request.headers['content-type'] ?? 'application/x-amz-json-1.1');
  const answer = (status: number, body: unknown): void => {
    const text = JSON.stringify(body);
    response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) }).end(text);
  };
  try {
    const operation = operations[target];
    if (!operation) throw new AwsError('UnknownOperationException', `the local stack does not know ${target}`, 404);
    const body = await readBody(request, LIMIT);
    answer(200, (await operation(JSON.parse(body.toString() || '{}'))) ?? {});
  } catch (error) {
    const known = error instanceof AwsError ? error : new AwsError('InternalFailure', String(error), 500);
    answer(known.status, { __type: known.name, message: known.message });
  }
};
