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
  ProtocolType: z.enum(['HTTP', 'WEBSOCKET']),
  RouteSelectionExpression: text.optional(),
  CorsConfiguration: cors.optional(),
  DisableExecuteApiEndpoint: z.literal(false).optional(),
  ...unused('Name', 'Description', 'IpAddressType', 'Tags'),
});

const integrationSchema = z.strictObject({
  ApiId: text,
  IntegrationType: z.literal('AWS_PROXY'),
  IntegrationUri: text,
  PayloadFormatVersion: text.optional(),
  TimeoutInMillis: number.optional(),
  ...unused('IntegrationMethod', 'Description'),
});

const routeSchema = z.strictObject({
  ApiId: text,
  RouteKey: text,
  Target: text,
  AuthorizationType: z.enum(['NONE', 'JWT', 'CUSTOM']).default('NONE'),
  AuthorizerId: text.optional(),
  AuthorizationScopes: z.array(text).default([]),
  ApiKeyRequired: z.literal(false).optional(),
  ...unused('OperationName'),
});

const authorizerSchema = z.strictObject({
  ApiId: text,
  AuthorizerType: z.enum(['JWT', 'REQUEST']),
  IdentitySource: z.array(text).default([]),
  JwtConfiguration: z.strictObject({ Issuer: text, Audience: z.array(text) }).optional(),
  AuthorizerUri: text.optional(),
  AuthorizerResultTtlInSeconds: z.literal(0, 'authorizations are not cached here').optional(),
  ...unused('Name'),
});

const settings = z.strictObject({
  ThrottlingRateLimit: number.optional(),
  ThrottlingBurstLimit: number.optional(),
  ...unused('DetailedMetricsEnabled', 'DataTraceEnabled', 'LoggingLevel'),
});

const stageSchema = z.strictObject({
  ApiId: text,
  StageName: text,
  AutoDeploy: z.literal(true),
  DefaultRouteSettings: settings.optional(),
  RouteSettings: z.record(text, settings).default({}),
  StageVariables: z.undefined('stage variables are not known here').optional(),
  ...unused('AccessLogSettings', 'Description', 'Tags'),
});

export type Cors = z.infer<typeof cors>;
export type Authorizer = z.infer<typeof authorizerSchema>;

export type Api = ReturnType<typeof readApis>[number];

const longestMs = { HTTP: 30_000, WEBSOCKET: 29_000 } as const;

export const readApis = (stack: Stack) => {
  const byId = <Type extends z.ZodType>(type: string, schema: Type): ReadonlyMap<string, z.infer<Type>> =>
    new Map(stack.read(type, schema).map(({ id, properties }) => [id, properties]));
  const integrations = byId('AWS::ApiGatewayV2::Integration', integrationSchema);
  const authorizers = byId('AWS::ApiGatewayV2::Authorizer', authorizerSchema);
  const routes = stack.read('AWS::ApiGatewayV2::Route', routeSchema);
  const stages = stack.read('AWS::ApiGatewayV2::Stage', stageSchema);

  const routeOf = (id: string, route: z.infer<typeof routeSchema>, protocol: 'HTTP' | 'WEBSOCKET') => {
    const integration = integrations.get(route.Target.replace('integrations/', ''));
    if (!integration) throw new Error(`${id}: Properties.Target: there is no ${route.Target}`);
    if (protocol === 'HTTP' && integration.PayloadFormatVersion !== '2.0')
      throw new Error(`${id}: only payload format 2.0 is known here`);
    const isOpen = route.AuthorizationType === 'NONE';
    const authorizer = isOpen ? undefined : authorizers.get(route.AuthorizerId ?? '');
    if (!isOpen && !authorizer) throw new Error(`${id}: Properties.AuthorizerId: there is no such authorizer`);
    return {
      key: route.RouteKey,
      target: integration.IntegrationUri,
      timeoutMs: integration.TimeoutInMillis ?? longestMs[protocol],
      authorizer,
      scopes: route.AuthorizationScopes,
    };
  };

  return stack.read('AWS::ApiGatewayV2::Api', apiSchema).map(({ id: logicalId, properties }) => {
    const { ref: id } = stack.identify(logicalId);
    const protocol = properties.ProtocolType;
    const [stage, ...others] = stages.filter((one) => one.properties.ApiId === id);
    if (!stage || others.length > 0) throw new Error(`${logicalId}: exactly one stage is expected`);
    return {
      logicalId,
      id,
      protocol,
      selection: properties.RouteSelectionExpression,
      cors: properties.CorsConfiguration,
      stage: stage.properties,
      routes: routes
        .filter((route) => route.properties.ApiId === id)
        .map((route) => routeOf(route.id, route.properties, protocol)),
    };
  });
};
