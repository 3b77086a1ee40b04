/** The README leads from an empty account to a first ride: nothing is left out, and nothing it names is missing. */
import { describe, expect, it } from 'vitest';
import { textOf as read } from './sources.ts';
import { template, templateOf } from './template.ts';

const readme = read('README.md');
const deploy = readme.split('\n## Deploy it\n')[1]?.split('\n## ')[0] ?? '';
const commands = [...deploy.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block as string).join('\n');

describe('"Deploy it"', () => {
  it('is a checklist in the order of the work', () => {
    expect([...deploy.matchAll(/^### (\d+)\. (.+)$/gm)].map(([, number, title]) => `${number} ${title}`)).toEqual([
      '1 Tools and credentials',
      '2 Quotas',
      '3 Bootstrap',
      '4 Settings',
      '5 Secrets',
      '6 Mail',
      '7 Deploy',
      '8 The gateway’s dashboard'.replace('’', "'"),
      '9 Devices',
      '10 First token',
      '11 Smoke test',
      '12 Protect, ramp',
      '13 Update',
      '14 Remove',
    ]);
  });

  it('explains every setting there is', () => {
    const example = JSON.parse(read('tuntas.settings.example.json')) as Record<string, object>;
    const named = [...deploy.matchAll(/^\| (`\w+`(?:, `\w+`)*) \|/gm)].flatMap(
      ([, names]) => (names as string).match(/\w+/g) as string[],
    );
    for (const stage of Object.values(example))
      for (const setting of Object.keys(stage)) expect(named).toContain(setting);
    expect(named.toSorted()).toEqual([...new Set([...Object.keys(example.dev as object), 'flags'])].toSorted());
  });

  it('creates every secret a function reads', () => {
    const secrets = templateOf('prod')
      .of('Lambda::Function')
      .flatMap(({ Properties }) => Object.entries(Properties.Environment.Variables as Record<string, string>))
      .filter(([key]) => key.endsWith('_SECRET_ID'))
      .map(([, name]) => name.replace('tuntas/prod/', ''));
    expect([...new Set(secrets)].toSorted()).toEqual(['ezpay-codes', 'fcm', 'midtrans']);
    for (const secret of new Set(secrets)) expect(commands).toContain(`create-secret --name tuntas/$STAGE/${secret} `);
  });

  it('deploys both stacks by one command, with nothing to pass but the stage', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    expect(scripts.deploy).toBe('cdk deploy --all');
    expect(commands).toContain('npm run deploy -- -c stage=$STAGE');
    expect(readme).not.toContain('--parameters');
  });

  it('names only outputs, policies and scripts that are there', () => {
    expect(Object.keys(template.outputs)).toEqual(expect.arrayContaining(['WebhookUrl', 'ApiUrl']));
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    for (const [, script] of readme.matchAll(/npm run ([\w:]+)/g)) expect(Object.keys(scripts)).toContain(script);
  });

  it('runs the app under Node 24 whatever node the CDK finds', () => {
    expect(JSON.parse(read('cdk.json')).app).toBe('node bin/with-node.mjs bin/app.ts');
  });
});
