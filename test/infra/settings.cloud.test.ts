/** What a fleet must set: one file, checked as a whole, and nothing that is deployed with the values of the example. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { settingsOf } from '../../lib/settings.ts';
import { stageOf } from '../../lib/stages.ts';
import { root } from './sources.ts';
import { synthesize, synthesizeDevices } from './synth.ts';
import { templateFrom } from './template.ts';

const folder = mkdtempSync(join(tmpdir(), 'tuntas-settings-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const complete = {
  account: '123456789012',
  region: 'ap-southeast-3',
  devicesRegion: 'ap-southeast-1',
  issuer: 'https://id.fleet.co.id/realms/riders',
  audience: 'tuntas',
  merchantId: 'G812345678',
  mail: { name: 'Fleet', address: 'receipts@mail.fleet.co.id', domain: 'mail.fleet.co.id' },
  pages: ['oncall@fleet.co.id'],
  mobilePush: true,
};
let files = 0;
const written = (content: unknown): string => {
  files += 1;
  const file = join(folder, `${files}.json`);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
};
const problemOf = (content: unknown, stage = 'prod'): string => settingsOf(stage, written(content)).problem ?? 'none';
/** What is said of each setting, by its name. */
const said = (problem: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...problem.matchAll(/^ {2}(?:dev|prod)\.([\w.]+) (.*)$/gm)].map(([, name, says]) => [name, says]),
  );

describe('a stage whose settings are missing', () => {
  const required = [
    'account',
    'region',
    'devicesRegion',
    'issuer',
    'audience',
    'merchantId',
    'mail',
    'pages',
    'mobilePush',
  ];

  it.each([
    ['there is no file', () => settingsOf('prod', join(folder, 'nowhere.json')).problem],
    ['the file is empty', () => problemOf('{}')],
    ['only another stage is in it', () => problemOf({ dev: complete })],
    ['the file is not JSON', () => problemOf('{"prod": ')],
    ['the file is a list', () => problemOf([])],
    ['the file is null', () => problemOf('null')],
  ])('%s: every setting is named at once, with what it is and an example, and where to set it', (_, problem) => {
    const text = String(problem());
    expect(said(text)).toEqual(Object.fromEntries(required.map((name) => [name, 'is missing'])));
    expect(text.match(/; for example /g)).toHaveLength(required.length);
    expect(text).toContain('cp tuntas.settings.example.json tuntas.settings.json');
  });

  it('says of a setting what it is, and how it may look', () => {
    const { merchantId: _, ...others } = complete;
    expect(problemOf({ prod: others })).toContain(
      '  prod.merchantId is missing\n      the merchant id of your Midtrans account; ' +
        'a payment of another one is held; for example "G812345678"',
    );
  });
});

describe('a stage with the values of the example', () => {
  it.each([
    ['merchantId', { merchantId: 'G000000000' }],
    ['issuer', { issuer: 'https://id.tuntas.example' }],
    ['issuer', { issuer: 'https://example.com/realms/riders' }],
    ['issuer', { issuer: 'https://localhost:8080' }],
    ['mail.address', { mail: { ...complete.mail, address: 'receipts@tuntas.example', domain: 'tuntas.example' } }],
    ['mail.domain', { mail: { ...complete.mail, domain: 'dev.tuntas.example' } }],
    ['pages', { pages: ['oncall@fleet.co.id', 'oncall@tuntas.example'] }],
  ])('is refused: %s', (name, change) => {
    expect(said(problemOf({ prod: { ...complete, ...change } }))).toMatchObject({
      [name]: 'still has the value of the example',
    });
  });

  it('is not taken for one where a real name only looks like it', () => {
    for (const issuer of ['https://id.example-taxi.co.id', 'https://testing.fleet.co.id', 'https://id.myexample.com'])
      expect(settingsOf('prod', written({ prod: { ...complete, issuer } })).problem).toBeUndefined();
  });

  it('and an emulator of AWS may have its own account and an issuer on this machine', () => {
    const emulated = { ...complete, account: '000000000000', issuer: 'http://127.0.0.1:4001/issuer' };
    expect(settingsOf('dev', written({ dev: emulated })).settings).toMatchObject(emulated);
    expect(said(problemOf({ dev: { ...complete, issuer: 'http://id.fleet.co.id' } }, 'dev'))).toMatchObject({
      issuer: 'must be an https address',
    });
  });

  it('the example itself, copied without a change, is refused for all of them', () => {
    const copy = readFileSync(join(root, 'tuntas.settings.example.json'), 'utf8');
    for (const stage of ['dev', 'prod'])
      expect(Object.keys(said(problemOf(copy, stage))).toSorted()).toEqual(
        ['issuer', 'mail.address', 'mail.domain', 'merchantId', 'pages'].toSorted(),
      );
  });
});

describe('a stage with wrong settings', () => {
  it.each([
    ['pages', { pages: [] }, 'must name one address at least'],
    ['pages', { pages: ['nobody'] }, 'must be a mail address'],
    ['merchantId', { merchantId: '812345678' }, 'must be a letter and digits'],
    ['issuer', { issuer: 'http://id.fleet.co.id' }, 'must be an https address'],
    ['account', { account: '1234' }, 'must be twelve digits'],
    ['region', { region: 'Jakarta' }, 'must be a region of AWS'],
    [
      'mail.address',
      { mail: { ...complete.mail, address: 'a@b.co.id' } },
      'must be an address in the domain of mail.domain',
    ],
    ['mail.name', { mail: { ...complete.mail, name: 'Fleet <x>' } }, 'must be a name'],
    ['lambdaConcurrency', { lambdaConcurrency: 5 }, '10'],
    ['merchantID', { merchantID: 'G812345678' }, 'is not a setting; these are: account, region'],
    ['flags.idempotent', { flags: { idempotent: { percent: 10 } } }, 'is not a setting'],
    ['flags.idempotent-dispatch.percent', { flags: { 'idempotent-dispatch': { percent: 101 } } }, '100'],
  ])('is refused: %s', (name, change, why) => {
    const problem = problemOf({ prod: { ...complete, ...change } });
    expect(problem).toMatch(new RegExp(`^ {2}prod\\.${name.replaceAll('.', '\\.')} .*${why.slice(0, 20)}`, 'm'));
  });
});

describe('a stage with complete settings', () => {
  const { settings } = settingsOf(
    'prod',
    written({ prod: { ...complete, flags: { 'idempotent-dispatch': { percent: 10 } } } }),
  );
  if (!settings) throw new Error('the settings are complete');
  const stage = stageOf('prod', settings);
  const { of, named, parameters } = templateFrom(synthesize(stage));

  it('reaches every part of the template', () => {
    const charges = named('Lambda::Function', '-payments-api').Properties.Environment.Variables;
    expect(charges).toMatchObject({
      MIDTRANS_MERCHANT_ID: 'G812345678',
      MIDTRANS_ENVIRONMENT: 'production',
      MIDTRANS_SECRET_ID: 'tuntas/prod/midtrans',
    });
    expect(named('Lambda::Function', '-notify-receipts').Properties.Environment.Variables.MAIL_FROM).toBe(
      'Fleet <receipts@mail.fleet.co.id>',
    );
    expect(named('Lambda::Function', '-notify-push').Properties.Environment.Variables.FCM_SECRET_ID).toBe(
      'tuntas/prod/fcm',
    );
    expect(of('SNS::Subscription').map(({ Properties }) => Properties.Endpoint)).toEqual(['oncall@fleet.co.id']);
    expect(of('ApiGatewayV2::Authorizer').map(({ Properties }) => Properties.JwtConfiguration?.Issuer)).toContain(
      complete.issuer,
    );
  });

  it('[DSP-10] deploys the percentages of its flags', () => {
    for (const { Properties } of of('Lambda::Function'))
      expect(JSON.parse(Properties.Environment.Variables.TUNTAS_DEPLOYED_FLAGS)).toEqual({
        'idempotent-dispatch': { percent: 10 },
        'ezpay-predictor': { percent: 0 },
      });
  });

  it('needs no value at deployment: neither stack has a parameter', () => {
    expect([parameters, templateFrom(synthesizeDevices(stage)).parameters]).toEqual([{}, {}]);
  });

  it('pages for the devices too', () => {
    expect(
      templateFrom(synthesizeDevices(stage))
        .of('SNS::Subscription')
        .map(({ Properties }) => Properties.Endpoint),
    ).toEqual(['oncall@fleet.co.id']);
  });
});

describe('the example, named explicitly', () => {
  it.each(['dev', 'prod'])(
    'makes the template of %s for an account that belongs to nobody, so that it is never deployed',
    (name) => {
      expect(settingsOf(name, 'tuntas.settings.example.json').settings?.account).toBe('000000000000');
    },
  );
});

const run = (cwd: string, args: readonly string[], variables: Readonly<Record<string, string>>) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1', ...variables },
  });
  return { status, stdout, output: stdout + stderr };
};

/** The CDK's own command line, as the README uses it. */
const cdk = (cwd: string, ...args: readonly string[]) =>
  run(cwd, [join(root, 'node_modules/aws-cdk/bin/cdk'), ...args], {
    CDK_VALIDATION: 'true',
    PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}`,
  });

/** The app as the command line runs it; that takes seconds, the command line around it as many again. */
const app = (cwd: string, context: Readonly<Record<string, string>>) =>
  run(cwd, ['bin/app.ts'], {
    CDK_VALIDATION: 'false',
    CDK_OUTDIR: join(cwd, 'cdk.out'),
    CDK_CONTEXT_JSON: JSON.stringify(context),
  });

describe('on a bare clone, where nothing is set or built', () => {
  const clone = join(folder, 'clone');
  const copied = [
    'bin',
    'build.ts',
    'cdk.json',
    'events',
    'functions',
    'lib',
    'package.json',
    'package-lock.json',
    'tuntas.settings.example.json',
  ];
  cpSync(root, clone, {
    recursive: true,
    filter: (path) =>
      path === root || copied.some((name) => path === join(root, name) || path.startsWith(`${join(root, name)}/`)),
  });
  symlinkSync(join(root, 'node_modules'), join(clone, 'node_modules'));

  it('cdk ls, which cdk bootstrap begins with, names both stacks', () => {
    const { status, stdout } = cdk(clone, 'ls');
    expect([status, stdout.trim().split('\n')]).toEqual([0, ['tuntas-dev', 'tuntas-dev-devices']]);
    const { artifacts } = JSON.parse(readFileSync(join(clone, 'cdk.out/manifest.json'), 'utf8'));
    expect([artifacts['tuntas-dev'].environment, artifacts['tuntas-dev-devices'].environment]).toEqual([
      'aws://unknown-account/ap-southeast-3',
      'aws://unknown-account/ap-southeast-1',
    ]);
    expect(existsSync(join(clone, 'build'))).toBe(false);
  });

  it.each([
    ['synth', 'dev', ['--quiet']],
    ['deploy', 'prod', ['--all', '--require-approval', 'never']],
  ])('cdk %s of %s ends with what to set', (command, stage, options) => {
    const { status, output } = cdk(clone, command, ...options, '-c', `stage=${stage}`);
    expect(status).toBe(1);
    expect(output).toContain(
      `The stage "${stage}" cannot be synthesized until these settings are in tuntas.settings.json`,
    );
    expect(output).toContain(`${stage}.merchantId is missing`);
    expect(output).toContain(`${stage}.pages is missing`);
  });

  it('what is left behind is refused by CloudFormation, should anyone deploy it anyway', () => {
    const { Rules, Resources } = JSON.parse(readFileSync(join(clone, 'cdk.out/tuntas-prod.template.json'), 'utf8'));
    expect(Rules.SettingsAreComplete.Assertions[0].Assert).toEqual({ 'Fn::Equals': ['missing', 'complete'] });
    expect(Object.keys(Resources)).toHaveLength(1);
  });

  it('bundles the functions itself', () => {
    const { status, output } = app(clone, { settings: 'tuntas.settings.example.json' });
    expect([status, status === 0 ? '' : output]).toEqual([0, '']);
    expect(existsSync(join(clone, 'build/dispatch-api/index.mjs'))).toBe(true);
    // What is uploaded is what runs: no source map among it.
    expect(
      globSync('cdk.out/asset.*/*', { cwd: clone })
        .map((path) => extname(path))
        .toSorted(),
    ).toEqual(expect.not.arrayContaining(['.map']));
    expect(globSync('cdk.out/asset.*/index.mjs', { cwd: clone })).toHaveLength(24);
  });

  it('names the stages there are when one is misspelt', () => {
    expect(app(clone, { stage: 'production' }).output).toContain(
      'there is no stage "production", only local, dev, prod',
    );
  });
}, 60_000);
