/** What differs between the stages, and nothing else does. */
import { RetentionDays } from 'aws-cdk-lib/aws-logs';

export type Stage = {
  readonly name: string;
  /** Who issues the tokens. The stack's parameters OidcIssuer and OidcAudience override both at deployment. */
  readonly issuer: string;
  readonly audience: string;
  /** The claim that lists the caller's roles. */
  readonly rolesClaim: string;
  /** Tables and logs outlive the stack, and neither the stack nor a table can be deleted by mistake. */
  readonly kept: boolean;
  readonly logDays: RetentionDays;
  readonly logLevel: 'DEBUG' | 'INFO' | 'WARN';
  /** A file with flag percentages, read again each second; without it the percentages deployed with the functions hold. */
  readonly flagsFile?: string;
  /** Requests per second and burst of the HTTP API; the WebSocket API has the same. Jakarta allows an account 2,500 and 1,250 over all its APIs. */
  readonly throttle: { readonly rateLimit: number; readonly burstLimit: number };
  /** Messages a queue's workers take at the same time, at most, in batches of ten: no queue starves the API of concurrency. */
  readonly workers: number;
  /** X-Ray traces of the functions. */
  readonly tracing: boolean;
  /** Throughput a table serves at once, for a spike announced beforehand. It costs once and cannot be lowered. */
  readonly warmThroughput?: { readonly readUnitsPerSecond: number; readonly writeUnitsPerSecond: number };
  /** The secret that holds the service account of the push service; without it nobody is pushed. */
  readonly pushSecret?: string;
  /** Who mail is from. Its domain is an identity verified in SES, in the region of the stage. */
  readonly mail: { readonly name: string; readonly address: string; readonly domain: string };
  /** The gateway: its API, our merchant id, and the secret that holds the server keys (the first signs calls, all verify). On one machine both come from the simulator. */
  readonly midtrans: {
    readonly environment: 'local' | 'sandbox' | 'production';
    readonly url: string;
    readonly merchantId: string;
    readonly secret?: string;
  };
  /** Live streams that may be open at once; each holds a Lambda environment while it is. */
  readonly streams: number;
  /**
   * EzPay: how long the argo's report is waited for, how long the driver's answer after it, which codes in the cars are taken, how long a
   * signed one is, and the secret with their keys (the first signs, all verify). On one machine the key is that of the local stack.
   */
  readonly ezpay: {
    readonly confirmSeconds: number;
    readonly answerSeconds: number;
    readonly codes: 'static' | 'signed';
    readonly codeSeconds: number;
    readonly codeSecret?: string;
  };
  /** Where the devices connect; the orders' region may have no IoT Core. */
  readonly devicesRegion: string;
  /** Mail addresses that are paged. */
  readonly pages: readonly string[];
};

export const stages = {
  local: {
    name: 'local',
    issuer: 'http://127.0.0.1:4001/issuer',
    audience: 'tuntas',
    rolesClaim: 'roles',
    kept: false,
    logDays: RetentionDays.ONE_DAY,
    logLevel: 'INFO',
    flagsFile: 'local/flags.json',
    throttle: { rateLimit: 10_000, burstLimit: 10_000 },
    workers: 100,
    tracing: false,
    mail: { name: 'Tuntas', address: 'receipts@tuntas.example', domain: 'tuntas.example' },
    midtrans: { environment: 'local', url: 'http://127.0.0.1:4008', merchantId: 'G700000001' },
    streams: 10,
    // Short, so that whoever tries the system sees the deadlines come.
    ezpay: { confirmSeconds: 8, answerSeconds: 8, codes: 'static', codeSeconds: 120 },
    devicesRegion: 'ap-southeast-1',
    pages: [],
  },
  dev: {
    name: 'dev',
    issuer: 'https://id.dev.tuntas.example',
    audience: 'tuntas',
    rolesClaim: 'roles',
    kept: false,
    logDays: RetentionDays.ONE_WEEK,
    logLevel: 'DEBUG',
    throttle: { rateLimit: 200, burstLimit: 100 },
    workers: 20,
    tracing: false,
    mail: { name: 'Tuntas', address: 'receipts@dev.tuntas.example', domain: 'dev.tuntas.example' },
    midtrans: {
      environment: 'sandbox',
      url: 'https://api.sandbox.midtrans.com',
      merchantId: 'G000000000',
      secret: 'tuntas/dev/midtrans',
    },
    streams: 5,
    ezpay: { confirmSeconds: 300, answerSeconds: 600, codes: 'static', codeSeconds: 120, codeSecret: 'tuntas/dev/ezpay-codes' },
    devicesRegion: 'ap-southeast-1',
    pages: [],
  },
  prod: {
    name: 'prod',
    issuer: 'https://id.tuntas.example',
    audience: 'tuntas',
    rolesClaim: 'roles',
    kept: true,
    logDays: RetentionDays.THREE_MONTHS,
    logLevel: 'INFO',
    throttle: { rateLimit: 2_000, burstLimit: 1_000 },
    workers: 200,
    tracing: false,
    pushSecret: 'tuntas/prod/fcm',
    mail: { name: 'Tuntas', address: 'receipts@tuntas.example', domain: 'tuntas.example' },
    midtrans: { environment: 'production', url: 'https://api.midtrans.com', merchantId: 'G000000000', secret: 'tuntas/prod/midtrans' },
    streams: 20,
    ezpay: { confirmSeconds: 300, answerSeconds: 600, codes: 'static', codeSeconds: 120, codeSecret: 'tuntas/prod/ezpay-codes' },
    devicesRegion: 'ap-southeast-1',
    pages: [],
  },
} as const satisfies Record<string, Stage>;

/** @throws when there is no such stage, with the names of those there are */
export const stageNamed = (name: string): Stage => {
  if (!Object.hasOwn(stages, name)) throw new Error(`there is no stage "${name}", only ${Object.keys(stages).join(', ')}`);
  return stages[name as keyof typeof stages];
};
