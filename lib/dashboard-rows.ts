/** The rows of the dashboard by context: service level objectives, rides, EzPay, money. */
import { type IWidget, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { graph, type Labelled, objective, shareGraph } from './widgets.ts';

export const serviceLevelObjectives = ({ metric }: Labelled): IWidget[][] => {
  const leftAlone = new MathExpression({
    label: 'Declined rides without a later dispatch, %',
    expression: '100 * (1 - FILL(after, 0) / declined)',
    usingMetrics: { after: metric('dispatch', 'DispatchAfterDecline'), declined: metric('dispatch', 'RideDeclined') },
  });
  // A dispatch event is sent, or rightly skipped, or parked; one that was sent twice or parked broke the promise.
  const exactlyOnce = new MathExpression({
    label: 'Dispatch events processed exactly once, %',
    expression:
      '100 * (1 - (FILL(twice, 0) + FILL(parked, 0)) / ' +
      '(FILL(sent, 0) - FILL(twice, 0) + FILL(closed, 0) + FILL(stale, 0) + FILL(parked, 0)))',
    usingMetrics: {
      twice: metric('dispatch', 'DispatchDuplicate'),
      parked: metric('dispatch', 'Parked'),
      sent: metric('dispatch', 'DispatchSent'),
      closed: metric('dispatch', 'DispatchClosedSuppressed'),
      stale: metric('dispatch', 'DispatchStaleSuppressed'),
    },
  });
  return [
    [objective('declined rides without a later dispatch', leftAlone, 99.9)],
    [objective('dispatch events processed exactly once', exactlyOnce, 99.5)],
  ];
};

export const ofRides = ({ counts, percentiles }: Labelled): IWidget[] => [
  graph('Rides', [
    ...counts(
      'dispatch',
      'RideRequested',
      'RideAccepted',
      'RidePickedUp',
      'RideGivenBack',
      'RideDeclined',
      'RideCancelled',
    ),
    // A ride expires by its deadline, which ops carries out.
    ...counts('ops', 'RideExpired'),
  ]),
  graph('Dispatches', [
    ...counts(
      'dispatch',
      'DispatchSent',
      'DispatchDuplicateSuppressed',
      'DispatchClosedSuppressed',
      'DispatchStaleSuppressed',
      'DispatchBusySuppressed',
    ),
    ...counts('dispatch', 'DispatchFailed'),
  ]),
  graph('From offer to driver, ms', percentiles('dispatch', 'DispatchLatency')),
];

export const ofEzPay = ({ counts, percentiles, shares }: Labelled): IWidget[][] => [
  [
    graph(
      'EzPay',
      counts('ezpay', 'EzPayScanned', 'EzPayConfirmed', 'EzPayFailed', 'EzPayDriverDenied', 'EzPaySuperseded'),
    ),
    graph(
      'EzPay: what late reports say',
      counts('ezpay', 'EzPayWronglyFailed', 'EzPayContradicted', 'EzPayVerified', 'EzPayPredictorWrong'),
    ),
    graph(
      'EzPay: failing again and again',
      counts('ezpay', 'EzPayRepeatedFailure', 'EzPayCarFailing', 'EzPayCodeRefused', 'TripNotFinished'),
    ),
  ],
  [
    graph('From the argo to us, ms', percentiles('ezpay', 'ArgoLag', 'p50', 'p95', 'p99')),
    graph('From the scan to the argo’s report, and to its confirmation, ms', [
      ...percentiles('ezpay', 'EzPayArgoLag', 'p50', 'p95', 'p99'),
      ...percentiles('ezpay', 'EzPayWaitLatency', 'p50', 'p95'),
    ]),
    shareGraph(
      'EzPay: share of orders that fail, and of those for the argo',
      shares('ezpay', 'EzPayFailed', 'EzPayArgoNotStarted'),
      0.05,
    ),
  ],
];

export const ofMoney = ({ counts, percentiles }: Labelled): IWidget[][] => [
  [
    graph(
      'Payments',
      counts(
        'payments',
        'PaymentCharged',
        'PaymentSettled',
        'ChargeUnknown',
        'ChargeRefused',
        'PaymentHeld',
        'PaymentReversed',
      ),
    ),
    graph('Notifications: found on which look', [
      ...counts('payments', 'WebhookFound1', 'WebhookFound2', 'WebhookFound3', 'WebhookFoundMore', 'WebhookOrphan'),
      ...counts('payments', 'WebhookForged', 'WebhookMalformed', 'WebhookUnavailable'),
    ]),
    graph('Notifications: to the answer, to the effect, ms', [
      ...percentiles('payments', 'WebhookLatency'),
      ...percentiles('payments', 'WebhookLag'),
    ]),
  ],
  [
    graph('Orders', [
      ...counts('orders', 'OrderFinished', 'OrderPaidInCash', 'OrderFactRefused'),
      ...counts('payments', 'OrderPaid', 'OrderUnpaid', 'OrderSurplus', 'OrderMoneyOverdue'),
    ]),
    graph('Money back', [
      ...counts('payments', 'RefundRequested', 'RefundPaidBack', 'RefundWithoutBalance', 'ManualRefundOverdue'),
      ...counts('payments', 'ChargebackRecorded', 'PaidTwice'),
    ]),
    graph(
      'Receipts and phones',
      counts('notify', 'ReceiptSent', 'ReceiptSkipped', 'ReceiptFailed', 'PushSent', 'PushGone', 'PushExpired'),
    ),
  ],
];
