/** Reads the APIs of the template: routes, integrations, authorizers and stages, put together per API. */
import { flag, number, text, unused, z } from '../template/schema.ts';
import type { Stack } from '../template/stack.ts';

const cors = z.strictObject({
  AllowOrigins: z.array(text).default([]),
  AllowMethods: z.array(text).default([]),
  AllowHeaders: z.array(text).default([]),
  ExposeHeaders: z.array(text).default([]),
  AllowCredentials: flag.default(false),
  MaxAge: number.optional(),
});

const apiSchema = z.strictObject({
  Name: unused,
  ProtocolType: z.enum(['HTTP', 'WEBSOCKET']),
  RouteSelectionExpression: text.optional(),
  CorsConfiguration: cors.optional(),
  DisableExecuteApiEndpoint: z.literal(false).optional(),
  Description: unused,
  IpAddressType: unused,
  Tags: unused,
});

const integrationSchema = z.strictObject({
  ApiId: text,
  IntegrationType: z.literal('AWS_PROXY'),
  IntegrationUri: text,
  IntegrationMethod: unused,
  PayloadFormatVersion: text.optional(),
  TimeoutInMillis: number.optional(),
  Description: unused,
});

const routeSchema = z.strictObject({
  ApiId: text,
  RouteKey: text,
  Target: text,
  AuthorizationType: z.enum(['NONE', 'JWT', 'CUSTOM']).default('NONE'),
  AuthorizerId: text.optional(),
  AuthorizationScopes: z.array(text).default([]),
  ApiKeyRequired: z.literal(false).optional(),
  OperationName: unused,
});

const authorizerSchema = z.strictObject({
  ApiId: text,
  AuthorizerType: z.enum(['JWT', 'REQUEST']),
  Name: unused,
  IdentitySource: z.array(text).default([]),
  JwtConfiguration: z.strictObject({ Issuer: text, Audience: z.array(text) }).optional(),
  AuthorizerUri: text.optional(),
  AuthorizerResultTtlInSeconds: z.literal(0, 'answers are not kept here').optional(),
});

const settings = z.strictObject({
  ThrottlingRateLimit: number.optional(),
  ThrottlingBurstLimit: number.optional(),
  DetailedMetricsEnabled: unused,
  DataTraceEnabled: unused,
  LoggingLevel: unused,
});

const stageSchema = z.strictObject({
  ApiId: text,
  StageName: text,
  AutoDeploy: z.literal(true),
  DefaultRouteSettings: settings.optional(),
  RouteSettings: z.record(text, settings).default({}),
  StageVariables: z.undefined('stage variables are not known here').optional(),
  AccessLogSettings: unused,
  Description: unused,
  Tags: unused,
});

export type Cors = z.infer<typeof cors>;
export type Authorizer = z.infer<typeof authorizerSchema>;
export type Stage = z.infer<typeof stageSchema>;

export interface ApiRoute {
  readonly key: string;
  readonly target: string;
  readonly timeoutMs: number;
  readonly authorizer: Authorizer | undefined;
  readonly scopes: readonly string[];
}

export interface Api {
  readonly logicalId: string;
  readonly id: string;
  readonly protocol: 'HTTP' | 'WEBSOCKET';
  readonly selection: string | undefined;
  readonly cors: Cors | undefined;
  readonly stage: Stage;
  readonly routes: readonly ApiRoute[];
}

const LONGEST_MS = { HTTP: 30_000, WEBSOCKET: 29_000 } as const;

export const readApis = (stack: Stack): readonly Api[] => {
  const integrations = new Map(
    stack
      .read('AWS::ApiGatewayV2::Integration', integrationSchema)
      .map(({ id, properties }) => [`integrations/${id}`, properties]),
  );
  const authorizers = new Map(
    stack.read('AWS::ApiGatewayV2::Authorizer', authorizerSchema).map(({ id, properties }) => [id, properties]),
  );
  const routes = stack.read('AWS::ApiGatewayV2::Route', routeSchema);
  const stages = stack.read('AWS::ApiGatewayV2::Stage', stageSchema);
  return stack.read('AWS::ApiGatewayV2::Api', apiSchema).map(({ id: logicalId, properties }) => {
    const { ref: id } = stack.identify(logicalId);
    const protocol = properties.ProtocolType;
    const own = stages.filter((stage) => stage.properties.ApiId === id);
    const [stage] = own;
    if (!stage || own.length > 1) throw new Error(`${logicalId}: exactly one stage is expected, not ${own.length}`);
    return {
      logicalId,
      id,
      protocol,
      selection: properties.RouteSelectionExpression,
      cors: properties.CorsConfiguration,
      stage: stage.properties,
      routes: routes
        .filter((route) => route.properties.ApiId === id)
        .map(({ id: routeId, properties: route }) => {
          const integration = integrations.get(route.Target);
          if (!integration) throw new Error(`${routeId}: Properties.Target: there is no ${route.Target}`);
          if (protocol === 'HTTP' && integration.PayloadFormatVersion !== '2.0')
            throw new Error(`${routeId}: only payload format 2.0 is known here`);
          const authorizer = route.AuthorizerId === undefined ? undefined : authorizers.get(route.AuthorizerId);
          if (route.AuthorizationType !== 'NONE' && !authorizer)
            throw new Error(`${routeId}: Properties.AuthorizerId: there is no such authorizer`);
          return {
            key: route.RouteKey,
            target: integration.IntegrationUri,
            timeoutMs: integration.TimeoutInMillis ?? LONGEST_MS[protocol],
            authorizer: route.AuthorizationType === 'NONE' ? undefined : authorizer,
            scopes: route.AuthorizationScopes,
          };
        }),
    };
  });
};
