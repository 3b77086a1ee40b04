/** What people read of a model: its origin, its calibration, and what believing it brings. */

import type { Figures } from '../../../functions/ezpay/training/evaluate.ts';
import type { ModelFile } from '../../../functions/ezpay/training/train.ts';
import { columns } from '../table.ts';

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

export const printFigures = ({
  examples,
  scans,
  ran,
  auc,
  brier,
  brierOfShare,
  calibrationError,
  calibration,
  believed,
}: Figures): string =>
  [
    `${scans} scans of which the argo had not spoken, judged ${examples} times; it had run in ${percent(ran)} of them.`,
    `AUC ${auc.toFixed(3)}, Brier score ${brier.toFixed(4)} (always saying ${percent(ran)}: ${brierOfShare.toFixed(4)}), calibration error ${percent(calibrationError)}.`,
    '',
    columns(
      [
        ['probability', 'times', 'predicted', 'observed'],
        ...calibration.map(({ from, to, count, predicted, observed }) => [
          `${from.toFixed(1)} to ${to.toFixed(1)}`,
          String(count),
          percent(predicted),
          percent(observed),
        ]),
      ],
      [1, 2, 3],
    ),
    '',
    believed.scans === 0
      ? 'Nothing would have been confirmed early.'
      : [
          `Confirmed early: ${believed.scans} scans (${percent(believed.scans / scans)}), ${percent(believed.precision)} of them rightly.`,
          `Minutes saved by those: median ${believed.minutesSaved.median.toFixed(2)}, mean ${believed.minutesSaved.mean.toFixed(2)}, 95 % ${believed.minutesSaved.p95.toFixed(2)}.`,
        ].join('\n'),
  ].join('\n');

export const printModel = ({ version, threshold, precisionWanted, trainedOn }: ModelFile): string =>
  [
    `Model ${version}, trained on ${Object.entries(trainedOn)
      .map(([what, value]) => `${what} ${value}`)
      .join(', ')}.`,
    threshold > 1
      ? `Never believed: at no threshold ${percent(precisionWanted)} of the early confirmations were right.`
      : `Believed from ${threshold}, where at least ${percent(precisionWanted)} were right.`,
  ].join('\n');
