/** What differs between the stages: figures that are the same for every fleet, and the fleet's own settings. */
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import shipped from '../functions/platform/flags.json' with { type: 'json' };
import { type Settings, usualFareLimit } from './settings.ts';

type Throttle = { readonly rateLimit: number; readonly burstLimit: number };

export type Stage = {
  readonly name: string;
  /** Where the stage is deployed. Without an account the template fits any. */
  readonly account?: string | undefined;
  readonly region: string;
  /** Where the devices connect; the region of the orders may have no IoT Core. */
  readonly devicesRegion: string;
  /** Who issues the tokens, for which audience, and the claim that lists the caller's roles. */
  readonly issuer: string;
  readonly audience: string;
  readonly rolesClaim: string;
  /** Tables, queues and logs outlive the stack. */
  readonly kept: boolean;
  /** Neither the stack nor a table can be deleted by mistake. */
  readonly protected: boolean;
  readonly logDays: RetentionDays;
  readonly logLevel: 'DEBUG' | 'INFO' | 'WARN';
  /** A file with flag percentages, read again each second; without it the deployed ones hold. */
  readonly flagsFile?: string | undefined;
  /** Percentages and shares the functions are deployed with; a flag that is not named here is off. */
  readonly flags?: Readonly<Record<string, object>> | undefined;
  /** Requests per second and burst. Jakarta allows an account 2,500 and 1,250 over all APIs, posts to apps included. */
  readonly throttle: { readonly http: Throttle; readonly webSocket: Throttle };
  /** Batches of ten that a queue's workers take at once, at most: no queue starves the API of concurrency. */
  readonly workers: number;
  /** X-Ray traces of the functions. */
  readonly tracing: boolean;
  /** Throughput a table serves at once, for a spike announced beforehand. It costs once and cannot be lowered. */
  readonly warmThroughput?: { readonly readUnitsPerSecond: number; readonly writeUnitsPerSecond: number } | undefined;
  /** The secret that holds the service account of the push service; without it nobody is pushed. */
  readonly pushSecret?: string | undefined;
  /** Who mail is from. Its domain is an identity verified in SES, in the region of the stage. */
  readonly mail: { readonly name: string; readonly address: string; readonly domain: string };
  /**
   * The gateway: its API, our merchant id, and the secret with the server keys (the first signs calls, all verify).
   * On one machine both come from the simulator.
   */
  readonly midtrans: {
    readonly environment: 'local' | 'sandbox' | 'production';
    readonly url: string;
    readonly merchantId: string;
    readonly secret?: string | undefined;
  };
  /** Live streams that may be open at once; each holds a Lambda environment while it is. */
  readonly streams: number;
  /** Whether Lambda environments are reserved for the live streams. An account must keep 100 that are not reserved. */
  readonly streamsReserved: boolean;
  /**
   * EzPay: how long the argo's report is waited for, how long the driver's answer after it, which codes in the cars are
   * taken, how long a signed one is, and the secret with their keys (the first signs, all verify). On one machine the
   * key is that of the local stack.
   */
  readonly ezpay: {
    readonly confirmSeconds: number;
    readonly answerSeconds: number;
    readonly codes: 'static' | 'signed';
    readonly codeSeconds: number;
    readonly codeSecret?: string | undefined;
  };
  /** Overdue items that the sweeper wakes in a minute, at most: those that call the gateway, kept facts, all others. */
  readonly sweep: { readonly gateway: number; readonly bus: number; readonly own: number };
  /** The stream repeats what the bus does not take for so long; then it is kept, and the stream continues. */
  readonly keepFactsAfterSeconds: number;
  /** By service line, the most a driver may enter for a trip, in whole rupiah. */
  readonly fareLimit: Settings['fareLimit'];
  /** What a rider owes who cancels after a driver accepted, whole rupiah, and how long after it they owe nothing. */
  readonly cancellationFee: Readonly<Record<'BB' | 'SB' | 'GB', number>>;
  readonly cancellationGraceSeconds: number;
  /** Mail addresses that are paged. */
  readonly pages: readonly string[];
};

export const local: Stage = {
  name: 'local',
  region: 'ap-southeast-3',
  devicesRegion: 'ap-southeast-1',
  issuer: 'http://127.0.0.1:4001/issuer',
  audience: 'tuntas',
  rolesClaim: 'roles',
  kept: false,
  protected: false,
  logDays: 1,
  logLevel: 'INFO',
  flagsFile: 'local/flags.json',
  throttle: { http: { rateLimit: 10_000, burstLimit: 10_000 }, webSocket: { rateLimit: 10_000, burstLimit: 10_000 } },
  workers: 100,
  tracing: false,
  mail: { name: 'Tuntas', address: 'receipts@tuntas.example', domain: 'tuntas.example' },
  midtrans: { environment: 'local', url: 'http://127.0.0.1:4008', merchantId: 'G700000001' },
  streams: 10,
  streamsReserved: true,
  // Short, so that anyone who tries the system sees the deadlines come.
  ezpay: { confirmSeconds: 8, answerSeconds: 8, codes: 'static', codeSeconds: 120 },
  sweep: { gateway: 1_000, bus: 6_000, own: 20_000 },
  keepFactsAfterSeconds: 600,
  fareLimit: usualFareLimit,
  cancellationFee: { BB: 0, SB: 0, GB: 0 },
  cancellationGraceSeconds: 120,
  pages: [],
};

type Figures = Pick<
  Stage,
  | 'kept'
  | 'logDays'
  | 'logLevel'
  | 'throttle'
  | 'workers'
  | 'streams'
  | 'tracing'
  | 'warmThroughput'
  | 'ezpay'
  | 'sweep'
  | 'keepFactsAfterSeconds'
> & {
  readonly midtrans: Pick<Stage['midtrans'], 'environment' | 'url'>;
};

/** Both stages together stay below what an account may answer, so that they fit into one. */
const figures = {
  dev: {
    kept: false,
    logDays: 7,
    logLevel: 'DEBUG',
    throttle: { http: { rateLimit: 150, burstLimit: 75 }, webSocket: { rateLimit: 50, burstLimit: 25 } },
    workers: 20,
    streams: 5,
    tracing: false,
    midtrans: { environment: 'sandbox', url: 'https://api.sandbox.midtrans.com' },
    ezpay: { confirmSeconds: 300, answerSeconds: 600, codes: 'static', codeSeconds: 120 },
    sweep: { gateway: 1_000, bus: 6_000, own: 20_000 },
    keepFactsAfterSeconds: 600,
  },
  prod: {
    kept: true,
    logDays: 90,
    logLevel: 'INFO',
    throttle: { http: { rateLimit: 1_500, burstLimit: 750 }, webSocket: { rateLimit: 500, burstLimit: 250 } },
    workers: 200,
    streams: 20,
    tracing: false,
    midtrans: { environment: 'production', url: 'https://api.midtrans.com' },
    ezpay: { confirmSeconds: 300, answerSeconds: 600, codes: 'static', codeSeconds: 120 },
    sweep: { gateway: 1_000, bus: 6_000, own: 20_000 },
    keepFactsAfterSeconds: 600,
  },
} as const satisfies Record<string, Figures>;

export type DeployedStage = keyof typeof figures;

/** Of a function that has environments reserved, so many are left to refuse calls beyond them. */
export const streamsRefused = 5;
/** Lambda refuses a reservation that leaves an account fewer. */
const leastUnreserved = 100;

/** A queue or the live streams take at most a fifth of what the account may run at once; a mapping takes at least 2. */
const atMostAFifth = (wanted: number, concurrency: number): number =>
  Math.max(2, Math.min(wanted, Math.floor(concurrency / 5)));

/** @throws when there is no such stage, with the names of those there are */
export const checkedName = (name: string): 'local' | DeployedStage => {
  if (name !== 'local' && !Object.hasOwn(figures, name))
    throw new Error(`there is no stage "${name}", only ${['local', ...Object.keys(figures)].join(', ')}`);
  return name as 'local' | DeployedStage;
};

/** A stage on AWS. The names of its secrets are the same for every fleet. */
export const stageOf = (name: DeployedStage, settings: Settings): Stage => {
  const { lambdaConcurrency, merchantId, mobilePush, flags, ...own } = settings;
  const { midtrans, ezpay, workers, streams, ...same }: Figures = figures[name];
  const open = atMostAFifth(streams, lambdaConcurrency);
  return {
    ...same,
    ...own,
    name,
    flags: { ...shipped, ...flags },
    workers: atMostAFifth(workers, lambdaConcurrency),
    streams: open,
    streamsReserved: lambdaConcurrency - open - streamsRefused >= leastUnreserved,
    midtrans: { ...midtrans, merchantId, secret: `tuntas/${name}/midtrans` },
    pushSecret: mobilePush ? `tuntas/${name}/fcm` : undefined,
    ezpay: { ...ezpay, codeSecret: `tuntas/${name}/ezpay-codes` },
  };
};
