/** What a fleet must set before it deploys a stage: one file, checked as a whole before anything is synthesized. */
import { existsSync, readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import * as z from 'zod';
import shipped from '../functions/platform/flags.json' with { type: 'json' };
import shares from '../functions/platform/variants.json' with { type: 'json' };

const root = resolve(import.meta.dirname, '..');
const usualFile = 'tuntas.settings.json';
/** For reading and for CI; its account belongs to nobody, so the CDK refuses to deploy what is made of it. */
const exampleFile = 'tuntas.settings.example.json';
const nobodysAccount = '000000000000';

/** Domains that are reserved for examples (RFC 2606, RFC 6761). */
const reserved =
  /(?:^|[.@/])(?:(?:example\.(?:com|net|org))|(?:[\w-]+\.)*(?:example|invalid|test|localhost))(?:[:/]|$)/i;

const region = /^[a-z]{2}(?:-[a-z]+)+-\d$/;
const domainName = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/i;

type Check = (value: string) => boolean;

const forEach = <Value>(names: readonly string[], make: (name: string) => Value): Record<string, Value> =>
  Object.fromEntries(names.map((name) => [name, make(name)]));

/** By service line, the most a driver may enter for a trip, in whole rupiah; an operator may finish with more. */
export const usualFareLimit = { BB: 5_000_000, SB: 10_000_000, GB: 50_000_000 };

const schemaOf = (isExample: boolean) => {
  const text = (says: string, isValid: Check, isPlaceholder: Check) =>
    z
      .string()
      .refine(isValid, `must be ${says}`)
      .refine((value) => isExample || !isPlaceholder(value), 'still has the value of the example');
  const never: Check = () => false;
  const isReserved: Check = (value) => reserved.test(value);
  /** API Gateway takes https only; an emulator of AWS on this machine may have its issuer there too. */
  const isIssuer: Check = (value) =>
    /^https:\/\/\S+$|^http:\/\/(?:127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?(?:\/\S*)?$/.test(value);
  const email = text('a mail address', (value) => z.email().safeParse(value).success, isReserved);
  const limit = (usual: number) => z.int('must be whole rupiah').min(1, 'must be whole rupiah').default(usual);
  const percent = z.number().min(0).max(100);
  const fee = z.int('must be whole rupiah').min(0, 'must be whole rupiah').default(0);

  return z.strictObject({
    account: text('twelve digits', (value) => /^\d{12}$/.test(value), never),
    region: text('a region of AWS', (value) => region.test(value), never),
    devicesRegion: text('a region of AWS', (value) => region.test(value), never),
    issuer: text('an https address', isIssuer, isReserved),
    audience: text('a text', (value) => value.trim() !== '', never),
    rolesClaim: z.string().min(1).default('roles'),
    merchantId: text(
      'a letter and digits',
      (value) => /^[A-Z]\d{3,}$/.test(value),
      (value) => /^[A-Z]0+$/.test(value),
    ),
    mail: z
      .strictObject({
        name: text('a name without <, > and quotes', (value) => /^[^<>"\r\n]+$/.test(value), never),
        address: email,
        domain: text('a domain', (value) => domainName.test(value), isReserved),
      })
      .refine(({ address, domain }) => `.${address.split('@')[1]}`.endsWith(`.${domain}`), {
        path: ['address'],
        message: 'must be an address in the domain of mail.domain',
      }),
    pages: z.array(email).min(1, 'must name one address at least: without it nobody learns of an alarm'),
    mobilePush: z.boolean(),
    lambdaConcurrency: z.int().min(10).default(10),
    protected: z.boolean().default(false),
    fareLimit: z
      .strictObject({ BB: limit(usualFareLimit.BB), SB: limit(usualFareLimit.SB), GB: limit(usualFareLimit.GB) })
      .default(usualFareLimit),
    cancellationFee: z.strictObject({ BB: fee, SB: fee, GB: fee }).default({ BB: 0, SB: 0, GB: 0 }),
    cancellationGraceSeconds: z.int().min(0).default(120),
    flags: z
      .strictObject({
        ...forEach(Object.keys(shipped), () => z.strictObject({ percent }).optional()),
        ...forEach(Object.keys(shares), (name) =>
          z
            .strictObject(forEach(Object.keys(shares[name as keyof typeof shares]), () => percent.optional()))
            .optional(),
        ),
      })
      .default({}),
  });
};

export type Settings = z.infer<ReturnType<typeof schemaOf>>;

/** What each setting is, and a value as it may look. */
const about: Readonly<Record<string, readonly [description: string, example: unknown]>> = {
  account: ['the AWS account of the stage (aws sts get-caller-identity --query Account --output text)', '123456789012'],
  region: ['where orders, payments and the HTTP API are', 'ap-southeast-3'],
  devicesRegion: ['where the taximeters connect: a region with IoT Core, which Jakarta has not', 'ap-southeast-1'],
  issuer: [
    'who issues the tokens: the claim "iss", to the letter, of your OpenID Connect provider',
    'https://id.fleet.co.id/realms/riders',
  ],
  audience: ['the claim "aud" of these tokens', 'tuntas'],
  rolesClaim: ['the claim that lists the roles rider, driver, operator', 'roles'],
  merchantId: ['the merchant id of your Midtrans account; a payment of another one is held', 'G812345678'],
  mail: ['who receipts are from', { name: 'Fleet', address: 'receipts@mail.fleet.co.id', domain: 'mail.fleet.co.id' }],
  'mail.name': ['the name receipts are from', 'Fleet'],
  'mail.address': ['the address receipts are from', 'receipts@mail.fleet.co.id'],
  'mail.domain': ['the domain of that address, an identity verified in SES', 'mail.fleet.co.id'],
  pages: ['the mail addresses that alarms go to', ['oncall@fleet.co.id']],
  mobilePush: [
    'whether people who are not connected are reached by Firebase push; true needs the secret tuntas/STAGE/fcm',
    false,
  ],
  lambdaConcurrency: ['the quota "Concurrent executions" of the account', 1000],
  protected: ['true once the first deployment is complete: neither the stack nor a table can then be deleted', false],
  fareLimit: [
    'by service line, the most a driver may enter for a trip, in whole rupiah; an operator may finish with more',
    usualFareLimit,
  ],
  cancellationFee: [
    'what a rider owes who cancels after a driver accepted, in whole rupiah by service line; 0 unless given',
    { BB: 10_000, SB: 20_000, GB: 50_000 },
  ],
  cancellationGraceSeconds: ['how long after the acceptance a rider cancels without a fee; 120 unless given', 120],
  flags: [
    'percentages of flags that differ from functions/platform/flags.json',
    { 'idempotent-dispatch': { percent: 10 } },
  ],
};

/** The settings of a stage, or why it cannot be synthesized. */
export type Found =
  | { readonly settings: Settings; readonly problem?: undefined }
  | { readonly settings?: undefined; readonly problem: string };

const lineOf = (stage: string, path: string, says: string): string => {
  const [what, example] = about[path] ?? about[path.split('.')[0] as string] ?? [];
  const help = what === undefined ? '' : `\n      ${what}; for example ${JSON.stringify(example)}`;
  return `  ${stage}${path && `.${path}`} ${says}${help}`;
};

const linesOf = (stage: string, { issues }: z.ZodError): readonly string[] =>
  issues.flatMap((issue) => {
    const path = issue.path.filter((part) => typeof part === 'string').join('.');
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map(
        (key) => `  ${stage}.${path && `${path}.`}${key} is not a setting; these are: ${Object.keys(about).join(', ')}`,
      );
    const isMissing = issue.code === 'invalid_type' && issue.input === undefined;
    return [lineOf(stage, path, isMissing ? 'is missing' : issue.message)];
  });

const read = (file: string): { readonly content: unknown; readonly problem?: string } => {
  if (!existsSync(file)) return { content: {}, problem: 'there is no such file' };
  try {
    return { content: JSON.parse(readFileSync(file, 'utf8')) };
  } catch (error) {
    return { content: {}, problem: error instanceof Error ? error.message : String(error) };
  }
};

/**
 * @param stage `dev` or `prod`
 * @param path of the settings file, from the project's root; without it `tuntas.settings.json`
 */
export const settingsOf = (stage: string, path: string = usualFile): Found => {
  const file = resolve(root, path);
  const name = relative(root, file);
  const isExample = name === exampleFile;
  const { content, problem } = read(file);
  const all = content as Readonly<Record<string, unknown>> | null;
  const parsed = schemaOf(isExample).safeParse(all?.[stage] ?? {}, { reportInput: true });
  if (parsed.success) return { settings: isExample ? { ...parsed.data, account: nobodysAccount } : parsed.data };
  return {
    problem: [
      `The stage "${stage}" cannot be synthesized until these settings are in ` +
        `${name}${problem ? ` (${problem})` : ''}:`,
      ...linesOf(stage, parsed.error),
      `A file to begin with: cp ${exampleFile} ${usualFile}`,
      `To read the template without your own settings: npm run synth -- -c stage=${stage} -c settings=${exampleFile}`,
    ].join('\n'),
  };
};
