/** The HTTP and WebSocket APIs: every declared route, a token on each, nothing personal in the log. */
import { describe, expect, it } from 'vitest';
import { routes as dispatch } from '../../functions/dispatch/dispatch.routes.ts';
import { routes as ezpay } from '../../functions/ezpay/ezpay.routes.ts';
import type { Route } from '../../functions/kernel/route.ts';
import { routes as ops } from '../../functions/ops/ops.routes.ts';
import { routes as orders } from '../../functions/orders/orders.routes.ts';
import { routes as payments } from '../../functions/payments/payments.routes.ts';
import { nameOf, stages, template, templateOf, text } from './template.ts';

const { of, named, at } = template;
const declared: readonly Route[] = [...dispatch, ...ezpay, ...orders, ...payments, ...ops];
const kindOf = (api: unknown): string => at(api).Properties.ProtocolType;
const http = of('ApiGatewayV2::Route').filter(({ Properties }) => kindOf(Properties.ApiId) === 'HTTP');
const socket = of('ApiGatewayV2::Route').filter(({ Properties }) => kindOf(Properties.ApiId) === 'WEBSOCKET');

const functionBehind = (target: unknown): string => {
  const integration = /<(\w+)>/.exec(text(target))?.[1];
  const uri = text(at({ Ref: integration }).Properties.IntegrationUri);
  return nameOf(at({ Ref: /<(\w+)\.Arn>/.exec(uri)?.[1] }));
};

describe('the HTTP API', () => {
  it('has the declared routes and no other, each led to the function of its context', () => {
    const built = http.map(({ Properties }) => [Properties.RouteKey, functionBehind(Properties.Target)]);
    const wanted = [
      ...dispatch.map(({ method, path }) => [`${method} ${path}`, 'tuntas-dev-dispatch-api']),
      ...ezpay.map(({ method, path }) => [`${method} ${path}`, 'tuntas-dev-ezpay-api']),
      ...orders.map(({ method, path }) => [`${method} ${path}`, 'tuntas-dev-orders-api']),
      ...payments.map(({ method, path }) => [`${method} ${path}`, 'tuntas-dev-payments-api']),
      ...ops.map(({ method, path }) => [`${method} ${path}`, 'tuntas-dev-ops-api']),
    ];
    expect(built.toSorted()).toEqual(wanted.toSorted());
  });

  it.each(http.map(({ Properties }) => [Properties.RouteKey as string, Properties] as const))(
    '[OPS-8] %s asks for a token unless it is declared public',
    (key, Properties) => {
      const isPublic = declared.some(({ method, path, public: open }) => open && `${method} ${path}` === key);
      expect(Properties.AuthorizationType).toBe(isPublic ? 'NONE' : 'JWT');
      if (!isPublic)
        expect(at(Properties.AuthorizerId).Properties.JwtConfiguration).toEqual({
          Issuer: stages.dev.issuer,
          Audience: [stages.dev.audience],
        });
    },
  );

  it('is open to everyone only for its own description', () => {
    expect(declared.filter((route) => route.public).map(({ path }) => path)).toEqual(['/openapi.json']);
  });

  it('is throttled, and logs neither addresses nor paths nor tokens', () => {
    const stage = of('ApiGatewayV2::Stage').find(({ Properties }) => kindOf(Properties.ApiId) === 'HTTP');
    expect(stage?.Properties.DefaultRouteSettings).toEqual({
      ThrottlingRateLimit: stages.dev.throttle.http.rateLimit,
      ThrottlingBurstLimit: stages.dev.throttle.http.burstLimit,
    });
    expect(stage?.Properties.AccessLogSettings.Format).not.toMatch(
      /sourceIp|userAgent|\$context\.path|claims|principalId|caller/,
    );
  });
});

describe('the WebSocket API', () => {
  it('[OPS-8] connects nobody without a word from the authorizer', () => {
    expect(socket.map(({ Properties }) => [Properties.RouteKey, Properties.AuthorizationType]).toSorted()).toEqual([
      ['$connect', 'CUSTOM'],
      ['$default', 'NONE'],
      ['$disconnect', 'NONE'],
    ]);
    const connect = socket.find(({ Properties }) => Properties.RouteKey === '$connect');
    const { Properties } = at(connect?.Properties.AuthorizerId);
    expect(Properties).toMatchObject({ AuthorizerType: 'REQUEST', IdentitySource: [] });
    expect(text(Properties.AuthorizerUri)).toContain(`<${named('Lambda::Function', '-notify-authorizer').id}.Arn>`);
  });

  it('is where the functions send to', () => {
    const api = of('ApiGatewayV2::Api').find(({ Properties }) => Properties.ProtocolType === 'WEBSOCKET');
    for (const name of ['-dispatch-offers', '-notify-ride-notices', '-notify-socket'])
      expect(text(named('Lambda::Function', name).Properties.Environment.Variables.WEBSOCKET_ENDPOINT)).toBe(
        `https://<${api?.id}>.execute-api.ap-southeast-3.<AWS::URLSuffix>/live`,
      );
  });
});

describe('the outputs', () => {
  it.each(['local', 'dev', 'prod'] as const)('of %s name every address', (stage) => {
    const { outputs } = templateOf(stage);
    expect(Object.keys(outputs)).toEqual(
      expect.arrayContaining([
        'ApiUrl',
        'WebSocketUrl',
        'StateTable',
        'StoryTable',
        'BusName',
        'DispatchQueueUrl',
        'DispatchDeadUrl',
        'NotifyQueueUrl',
        'TimersQueueUrl',
        'OutboxDeadUrl',
        'StoryDeadUrl',
        'EventsDeadUrl',
      ]),
    );
  });
});
