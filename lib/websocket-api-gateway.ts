/** The WebSocket API over which offers and notices reach the apps. */
import { WebSocketApi, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Duration, Stack, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Access } from './access.ts';
import { PromiseAlarm } from './promise-alarm.ts';
import type { ServiceFunction } from './service-function.ts';
import { named, type StageContext } from './stage-context.ts';

const stageName = 'live';

export class WebSocketApiGateway extends Construct {
  readonly stage: WebSocketStage;
  private readonly api: WebSocketApi;

  constructor(scope: Construct, id: string, { context }: { readonly context: StageContext }) {
    super(scope, id);
    this.api = new WebSocketApi(this, 'Api', { apiName: named(context, 'websocket') });
    this.stage = new WebSocketStage(this, 'Stage', {
      webSocketApi: this.api,
      stageName,
      autoDeploy: true,
      throttle: context.stage.throttle.webSocket,
    });
    const errors = { period: Duration.minutes(5), statistic: 'Sum' };
    new PromiseAlarm(this, 'Answers', {
      context,
      promise: 'websocket-api-answers',
      description: 'More than 5 connections or messages of apps failed in 5 minutes.',
      runbook: 'http.md#connections-of-apps-fail',
      metric: new MathExpression({
        expression: 'SUM([answered, called])',
        usingMetrics: {
          answered: this.stage.metric('IntegrationError', errors),
          called: this.stage.metric('ExecutionError', errors),
        },
      }),
      above: 5,
    });
    for (const rule of ['AwsSolutions-APIG1', 'Serverless-APIGWAccessLogging'])
      Validations.of(this.stage).acknowledge({
        id: rule,
        reason:
          'Access logs of a WebSocket API need a role that is one per account and Region (AWS::ApiGateway::Account), ' +
          'which no single stack may own; the function behind the routes logs each connection',
      });
  }

  /** Leads connecting, parting and everything else to one function; the authorizer decides who may connect. */
  addRoutes({ function: handler }: ServiceFunction, { function: authorizer }: ServiceFunction): void {
    const integration = new WebSocketLambdaIntegration(handler.node.path, handler);
    this.api.addRoute('$connect', {
      integration,
      // Apps send the token as a header, browsers in the query: neither is required, the function reads both.
      authorizer: new WebSocketLambdaAuthorizer('Token', authorizer, { identitySource: [] }),
    });
    for (const key of ['$disconnect', '$default']) {
      Validations.of(this.api.addRoute(key, { integration })).acknowledge({
        id: 'AwsSolutions-APIG4',
        reason:
          'A WebSocket API authorizes once, at $connect; its other routes cannot have an authorizer ' +
          'and are only reached over an authorized connection',
      });
    }
  }

  /** Messages to connected apps. */
  pushing(): Access {
    const stack = Stack.of(this);
    const name = `${stageName}/POST/@connections/*`;
    const connections = stack.formatArn({ service: 'execute-api', resource: this.api.apiId, resourceName: name });
    // As the security rules write what the template only refers to.
    const shown = (value: string): string => {
      const resolved = stack.resolve(value) as string | { readonly Ref: string };
      return typeof resolved === 'string' ? resolved : `<${resolved.Ref}>`;
    };
    const arn = [
      'arn',
      ...[stack.partition, 'execute-api', stack.region, stack.account, this.api.apiId].map(shown),
    ].join(':');
    return {
      environment: { WEBSOCKET_ENDPOINT: this.stage.callbackUrl },
      statements: [new PolicyStatement({ actions: ['execute-api:ManageConnections'], resources: [connections] })],
      accepted: {
        id: `AwsSolutions-IAM5[Resource::${arn}/${name}]`,
        reason:
          'Connection ids are made by API Gateway at run time; the permission is held to sending, on this one API',
      },
    };
  }
}
