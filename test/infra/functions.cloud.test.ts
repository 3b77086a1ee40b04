/** Every function: deployed once, alone in its role, given what its code asks for and nothing else. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { budget, buildAll, bundleOf, outdir } from '../../build.ts';
import { list, nameOf, permissions, type Resource, root, stages, template, templateOf, text } from './template.ts';

const { of, at } = template;
const functions = of('Lambda::Function');
const bundle = (resource: Resource): string => nameOf(resource).replace('tuntas-dev-', '');
const code = (resource: Resource): string => readFileSync(join(outdir, bundle(resource), 'index.mjs'), 'utf8');
const each = functions.map((resource) => [bundle(resource), resource] as const);

describe('the handlers', () => {
  it('are deployed exactly once each', () => {
    const entries = globSync('functions/**/*.{handler,api}.ts', { cwd: root });
    expect(functions.map(bundle).toSorted()).toEqual(entries.map(bundleOf).toSorted());
  });

  it('are bundled below 420 KB each, the same sources giving the same bytes', async () => {
    const before = functions.map(code);
    const again = await buildAll();
    expect(functions.map(code)).toEqual(before);
    for (const { name, bytes } of again) expect([name, bytes < budget]).toEqual([name, true]);
  }, 60_000);
});

describe.each(each)('the function %s', (name, { Properties }) => {
  const role = at(Properties.Role);
  const granted = permissions(template).filter((statement) => statement.role === role.id);
  const variables = Properties.Environment.Variables as Record<string, unknown>;
  const source = readFileSync(join(outdir, name, 'index.mjs'), 'utf8');

  it('runs Node 24 on arm64, with a time-out below what waits for it', () => {
    expect([Properties.Runtime, Properties.Architectures]).toEqual(['nodejs24.x', ['arm64']]);
    expect(Properties.Timeout).toBeLessThanOrEqual(name === 'live-stream' ? 120 : 50);
  });

  it('has a role of its own, without policies that AWS manages', () => {
    expect(functions.filter((other) => at(other.Properties.Role).id === role.id)).toHaveLength(1);
    expect(role.Properties.ManagedPolicyArns ?? []).toEqual([]);
  });

  it('writes to a log group of its own, which forgets', () => {
    const logs = at(Properties.LoggingConfig.LogGroup);
    expect(logs.Properties).toMatchObject({
      LogGroupName: `/aws/lambda/tuntas-dev-${name}`,
      RetentionInDays: expect.any(Number),
    });
    const resources = granted
      .filter(({ Action }) => list(Action).some((action) => action.startsWith('logs:')))
      .map(({ Resource }) => text(Resource));
    expect(resources).toEqual([`<${logs.id}.Arn>`]);
  });

  it('is given every setting its code reads, and none that it does not', () => {
    const house = ['STAGE', 'SERVICE', 'LOG_LEVEL', 'TUNTAS_FLAGS', 'TUNTAS_DEPLOYED_FLAGS'];
    const known = [
      ...new Set(functions.flatMap((other) => Object.keys(other.Properties.Environment.Variables))),
    ].filter((key) => !house.includes(key));
    const read = known.filter((key) => new RegExp(`["'\`.]${key}\\b`).test(source));
    expect(
      Object.keys(variables)
        .filter((key) => !house.includes(key))
        .toSorted(),
    ).toEqual(read.toSorted());
  });

  it('holds no secret in its settings', () => {
    for (const [key, value] of Object.entries(variables)) {
      expect(key).not.toMatch(/SECRET(?!_ID$)|PASSWORD|PRIVATE|API_KEY|CREDENTIAL/);
      expect(text(value)).not.toMatch(/AKIA[0-9A-Z]{16}|-----BEGIN|\{\{resolve:/);
    }
  });
});

describe('the live stream', () => {
  it('is reached over a URL that streams, and verifies the token itself', () => {
    const [url] = of('Lambda::Url').filter(({ Properties }) =>
      nameOf(at(Properties.TargetFunctionArn)).endsWith('-live-stream'),
    );
    expect(url?.Properties).toMatchObject({ AuthType: 'NONE', InvokeMode: 'RESPONSE_STREAM' });
    const { Environment } = template.named('Lambda::Function', '-live-stream').Properties;
    expect([Environment.Variables.OIDC_ISSUER, Environment.Variables.OIDC_AUDIENCE]).toEqual([
      stages.dev.issuer,
      stages.dev.audience,
    ]);
  });

  it('is open for so many at once, with a few calls more to say that it is full', () => {
    const { Environment, ReservedConcurrentExecutions } = templateOf('prod').named(
      'Lambda::Function',
      '-live-stream',
    ).Properties;
    expect([Environment.Variables.LIVE_STREAMS, ReservedConcurrentExecutions]).toEqual(['20', 25]);
  });
});

describe('mail', () => {
  it('goes out from the one address of the stage, and from one function', () => {
    const mailing = permissions(template).filter(({ Action }) =>
      list(Action).some((action) => action.startsWith('ses:')),
    );
    expect(mailing.map(({ Action, Condition, role }) => [Action, Condition, role])).toEqual([
      [
        'ses:SendEmail',
        { StringEquals: { 'ses:FromAddress': 'receipts@dev.tuntas.example' } },
        at(template.named('Lambda::Function', '-notify-receipts').Properties.Role).id,
      ],
    ]);
    expect(text(mailing[0]?.Resource)).toMatch(/:identity\/dev\.tuntas\.example$/);
  });
});

describe('the permissions', () => {
  const all = permissions(template);

  it('name every action in full', () => {
    for (const { Action } of all) for (const action of list(Action)) expect(action).not.toContain('*');
  });

  it('name every resource in full, but for the connections that API Gateway numbers at run time', () => {
    const open = all.filter(({ Resource }) => list(Resource).some((resource) => text(resource).includes('*')));
    for (const { Action, Resource } of open) {
      expect(Action).toBe('execute-api:ManageConnections');
      expect(text(Resource)).toMatch(/:<SocketApi\w+>\/live\/POST\/@connections\/\*$/);
    }
  });

  it('allow no scan of a table', () => expect(JSON.stringify(all)).not.toMatch(/dynamodb:Scan/));
});
