/** What belongs to one call, where one environment takes several at a time: `awslambda.InvokeStore` of Lambda. */
import { AsyncLocalStorage } from 'node:async_hooks';

const ownOfCall = new AsyncLocalStorage({ defaultValue: {} });
const requestIdKey = Symbol.for('_AWS_LAMBDA_REQUEST_ID');
const traceIdKey = Symbol.for('_AWS_LAMBDA_X_RAY_TRACE_ID');
export const invokeStore = {
  PROTECTED_KEYS: { REQUEST_ID: requestIdKey, X_RAY_TRACE_ID: traceIdKey },
  hasContext: () => requestIdKey in ownOfCall.getStore(),
  getContext: () => ownOfCall.getStore(),
  get: (key) => ownOfCall.getStore()[key],
  set: (key, value) => {
    ownOfCall.getStore()[key] = value;
  },
  getRequestId: () => ownOfCall.getStore()[requestIdKey] ?? '-',
  getXRayTraceId: () => ownOfCall.getStore()[traceIdKey],
  run: (context, work) => ownOfCall.run(context, work),
};
// By this variable the libraries of a function know that calls run at the same time.
process.env.AWS_LAMBDA_MAX_CONCURRENCY ??= '64';

/** As X-Ray writes it, for a call that is not sampled. */
const traceIdOf = (requestId) => {
  const hex = requestId.replaceAll('-', '');
  const seconds = Math.floor(Date.now() / 1_000).toString(16);
  return `Root=1-${seconds}-${hex.slice(0, 24)};Parent=${hex.slice(16)};Sampled=0`;
};

/** What belongs to one call from its beginning. */
export const ownOf = ({ requestId }) => ({ [requestIdKey]: requestId, [traceIdKey]: traceIdOf(requestId) });
