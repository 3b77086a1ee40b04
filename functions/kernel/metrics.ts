/** Every metric a function may emit, with its unit; docs/architecture.md explains them. */
const counts = [
  ['ArgoDuplicate', 'ArgoPositionWritten', 'ArgoReported', 'ArgoSuspect'],
  ['BreakerOpened', 'FlagHeld', 'IdsIssued', 'IdsLeased', 'Overdue', 'Parked', 'SweepDeferred', 'Swept'],
  ['ChargeRefused', 'ChargeUnknown', 'ChargebackRecorded', 'GatewayKeyRefused', 'InstructionsMismatch'],
  ['DispatchAttempted', 'DispatchSent', 'DispatchFailed', 'DispatchDuplicate', 'DispatchAfterDecline'],
  ['DispatchClosedSuppressed', 'DispatchDuplicateSuppressed', 'DispatchStaleSuppressed'],
  ['EzPayScanned', 'EzPayScanRepeated', 'EzPayConfirmed', 'EzPayCodeRefused', 'EzPayFailed', 'EzPaySuperseded'],
  ['EzPayArgoNotStarted', 'EzPayDriverAnswered', 'EzPayDriverDenied', 'EzPayGrace', 'EzPayVerified'],
  ['EzPayContradicted', 'EzPayWronglyFailed', 'EzPayPredictorWrong', 'EzPayCarFailing', 'EzPayRepeatedFailure'],
  ['FactKept', 'FactPublishedLate'],
  ['LiveBroken', 'LiveNotices', 'LiveOpened', 'LiveRefused'],
  ['NoticeSent', 'PushExpired', 'PushGone', 'PushSent', 'ReceiptFailed', 'ReceiptSent', 'ReceiptSkipped'],
  [
    'OrderFactRefused',
    'OrderFinished',
    'OrderMoneyOverdue',
    'OrderPaid',
    'OrderPaidInCash',
    'OrderSurplus',
    'OrderUnpaid',
  ],
  ['PaidTwice', 'PaymentCharged', 'PaymentHeld', 'PaymentReversed', 'PaymentSettled'],
  ['ManualRefundOverdue', 'RefundPaidBack', 'RefundRequested', 'RefundWithoutBalance'],
  ['RideAccepted', 'RideCancelled', 'RideDeclined', 'RideExpired', 'RideRequested', 'TripNotFinished'],
  ['DispatchBusySuppressed', 'DriverBusyTooLong', 'RideGivenBack', 'RideOverdue', 'RidePickedUp'],
  ['WebhookEarly', 'WebhookForeign', 'WebhookForged', 'WebhookMalformed', 'WebhookOrphan', 'WebhookTest'],
  ['WebhookFound1', 'WebhookFound2', 'WebhookFound3', 'WebhookFoundMore', 'WebhookKept', 'WebhookUnavailable'],
] as const;
const durations = {
  ArgoLag: 'Milliseconds',
  DeadlineLate: 'Milliseconds',
  DispatchLatency: 'Milliseconds',
  EzPayArgoLag: 'Milliseconds',
  EzPayWaitLatency: 'Milliseconds',
  LiveLatency: 'Milliseconds',
  OutboxLag: 'Milliseconds',
  PendingAge: 'Seconds',
  WebhookLag: 'Milliseconds',
  WebhookLatency: 'Milliseconds',
} as const;

type Duration = keyof typeof durations;
export type MetricName = (typeof counts)[number][number] | Duration;
/** Metric name to value. */
export type Metrics = Readonly<Partial<Record<MetricName, number>>>;
/** For the tests that look for the alarm or chart of each. */
export const metricNames = (): readonly MetricName[] => [...counts.flat(), ...(Object.keys(durations) as Duration[])];

/** As CloudWatch names it. */
export const unitOf = (name: MetricName): 'Count' | (typeof durations)[Duration] =>
  name in durations ? durations[name as Duration] : 'Count';
