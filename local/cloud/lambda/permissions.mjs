/** Refuses a call that the role of this environment does not allow, as IAM does. Plain JavaScript, as the worker. */
import http from 'node:http';

/** What a call needs: an action, and what the ARN of the resource must end with. */
const needs = {
  DynamoDB_20120810: (operation, body) => {
    if (operation === 'TransactWriteItems' || operation === 'TransactGetItems')
      return JSON.parse(body).TransactItems.flatMap((item) =>
        Object.entries(item).map(([kind, { TableName }]) => [
          `dynamodb:${kind === 'ConditionCheck' ? kind : kind.replace(/Item$/, '')}Item`,
          `:table/${TableName}`,
        ]),
      );
    if (operation.startsWith('Batch'))
      return Object.keys(JSON.parse(body).RequestItems).map((table) => [`dynamodb:${operation}`, `:table/${table}`]);
    // Quotes inside a text are escaped, so that only the field itself can match.
    const [, table] = /"TableName":"([^"]+)"/.exec(body) ?? [];
    const [, index] = /"IndexName":"([^"]+)"/.exec(body) ?? [];
    return [[`dynamodb:${operation}`, `:table/${table}${index ? `/index/${index}` : ''}`]];
  },
  AmazonSQS: (operation, body) => {
    const [, name] = /"QueueUrl":"[^"]*\/([^"/]+)"/.exec(body) ?? [];
    return [[`sqs:${operation.replace(/Batch$/, '')}`, `:${name}`]];
  },
  AWSEvents: (operation, body) =>
    JSON.parse(body).Entries.map(({ EventBusName = 'default' }) => [
      `events:${operation}`,
      `/${EventBusName.split('/').at(-1)}`,
    ]),
};

const connections = /\/(?:@|%40)connections\//;

const neededBy = (request, body) => {
  const target = request.getHeader('x-amz-target');
  if (typeof target !== 'string')
    return connections.test(request.path) ? [['execute-api:ManageConnections', '/@connections/*']] : [];
  const [service, operation] = target.split('.');
  return needs[service]?.(operation, body) ?? [];
};

/** @param allowed statements of the role; without them everything is allowed */
export const enforce = (allowed, functionName) => {
  if (!allowed) return;
  const known = new Map();
  const isAllowed = (action, resource) => {
    const key = `${action} ${resource}`;
    const seen = known.get(key);
    if (seen !== undefined) return seen;
    const found = allowed.some(
      ({ actions, resources }) =>
        actions.includes(action) && resources.some((one) => one === '*' || one.endsWith(resource)),
    );
    known.set(key, found);
    return found;
  };

  const { end } = http.ClientRequest.prototype;
  http.ClientRequest.prototype.end = function (body, ...rest) {
    const text = typeof body === 'string' || body instanceof Uint8Array ? body.toString() : '';
    const denied = neededBy(this, text).find(([action, resource]) => !isAllowed(action, resource));
    if (!denied) return end.call(this, body, ...rest);
    const [action, resource] = denied;
    const message = `${functionName} is not authorized to perform: ${action} on resource: ${resource.slice(1)} because no identity-based policy allows the ${action} action`;
    return this.destroy(Object.assign(new Error(message), { name: 'AccessDeniedException', $fault: 'client' }));
  };
};
