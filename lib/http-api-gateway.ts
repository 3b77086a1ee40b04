/** The HTTP API: the routes the contexts declare, a token on all that are not public, no personal data in its log. */
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  HttpApi,
  HttpMethod,
  HttpNoneAuthorizer,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Duration, Stack, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Route } from '../functions/kernel/route.ts';
import { PromiseAlarm } from './promise-alarm.ts';
import type { ServiceFunction } from './service-function.ts';
import { named, removal, type StageContext } from './stage-context.ts';

/** Route keys instead of paths: a path carries ids. No address, agent or token. */
const logged = {
  requestId: '$context.requestId',
  time: '$context.requestTimeEpoch',
  route: '$context.routeKey',
  status: '$context.status',
  latency: '$context.responseLatency',
  integrationLatency: '$context.integrationLatency',
  bytes: '$context.responseLength',
  error: '$context.integrationErrorMessage',
  refused: '$context.authorizer.error',
};

export class HttpApiGateway extends Construct {
  readonly api: HttpApi;
  readonly stage: HttpStage;
  private readonly authorizer: HttpJwtAuthorizer;
  private readonly rolesClaim: string;

  constructor(scope: Construct, id: string, { context }: { readonly context: StageContext }) {
    super(scope, id);
    this.api = new HttpApi(this, 'Api', { apiName: named(context, 'http'), createDefaultStage: false });
    this.rolesClaim = context.stage.rolesClaim;
    this.authorizer = new HttpJwtAuthorizer('Oidc', context.stage.issuer, { jwtAudience: [context.stage.audience] });
    this.stage = new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: context.stage.throttle.http,
      accessLogSettings: {
        destination: new LogGroupLogDestination(
          new LogGroup(this, 'Logs', {
            logGroupName: `/aws/vendedlogs/${named(context, 'http')}`,
            retention: context.stage.logDays,
            removalPolicy: removal(context),
          }),
        ),
        format: AccessLogFormat.custom(JSON.stringify(logged)),
      },
    });
    new PromiseAlarm(this, 'Answers', {
      context,
      promise: 'http-api-answers',
      description: 'More than 1 % of the HTTP requests of 5 minutes were answered 5xx.',
      runbook: 'http.md#requests-are-answered-with-5xx',
      // AWS documents both of an HTTP API as counts; only of a REST API is the average of 5xx a rate.
      metric: new MathExpression({
        expression: 'IF(requests > 0, errors / requests, 0)',
        usingMetrics: {
          errors: this.stage.metricServerError({ period: Duration.minutes(5) }),
          requests: this.stage.metricCount({ period: Duration.minutes(5) }),
        },
      }),
      above: 0.01,
    });
    new PromiseAlarm(this, 'InTime', {
      context,
      promise: 'http-api-answers-in-time',
      description: 'The slowest 1 % of the HTTP requests took more than 1 s, for 15 minutes.',
      runbook: 'http.md#answers-are-slow',
      metric: this.stage.metricLatency({ period: Duration.minutes(5), statistic: 'p99' }),
      above: 1_000,
      periods: 3,
    });
  }

  get url(): string {
    const { region, urlSuffix } = Stack.of(this);
    return `https://${this.api.apiId}.execute-api.${region}.${urlSuffix}`;
  }

  /** Leads the routes of a context to its function. */
  addRoutes(routes: readonly Pick<Route, 'method' | 'path' | 'public'>[], service: ServiceFunction): void {
    const handler = service.uses({ environment: { ROLES_CLAIM: this.rolesClaim }, statements: [] }).function;
    const integration = new HttpLambdaIntegration(handler.node.path, handler);
    for (const route of routes) {
      const added = this.api.addRoutes({
        path: route.path,
        methods: [HttpMethod[route.method]],
        integration,
        authorizer: route.public ? new HttpNoneAuthorizer() : this.authorizer,
      });
      if (!route.public) continue;
      for (const one of added)
        Validations.of(one).acknowledge({
          id: 'AwsSolutions-APIG4',
          reason: `${route.method} ${route.path} is declared public: it shows nothing but the description of the API`,
        });
    }
  }
}
