/** A model as text: its origin, its calibration, and what early confirmation saves. */

import type { Figures } from '../../../functions/ezpay/training/evaluate.ts';
import type { ModelFile } from '../../../functions/ezpay/training/train.ts';
import { columns } from '../table.ts';

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

export const printFigures = ({ believed, ...figures }: Figures): string => {
  const { examples, scans, ran, auc, brier, brierOfShare, calibrationError, calibration } = figures;
  const { median, mean, p95 } = believed.minutesSaved;
  const rows = calibration.map(({ from, to, count, predicted, observed }) => [
    `${from.toFixed(1)} to ${to.toFixed(1)}`,
    String(count),
    percent(predicted),
    percent(observed),
  ]);
  return [
    `${scans} scans without a report of the argo, judged ${examples} times; it had run in ${percent(ran)} of them.`,
    `AUC ${auc.toFixed(3)}, Brier score ${brier.toFixed(4)} (always ${percent(ran)}: ${brierOfShare.toFixed(4)}), ` +
      `calibration error ${percent(calibrationError)}.`,
    '',
    columns([['probability', 'times', 'predicted', 'observed'], ...rows], [1, 2, 3]),
    '',
    ...(believed.scans === 0
      ? ['Nothing would have been confirmed early.']
      : [
          `Confirmed early: ${believed.scans} scans (${percent(believed.scans / scans)}), ` +
            `${percent(believed.precision)} of them rightly.`,
          `Minutes saved: median ${median.toFixed(2)}, mean ${mean.toFixed(2)}, 95 % ${p95.toFixed(2)}.`,
        ]),
  ].join('\n');
};

export const printModel = ({ version, threshold, precisionWanted, trainedOn }: ModelFile): string =>
  [
    `Model ${version}, trained on ${Object.entries(trainedOn)
      .map(([what, value]) => `${what} ${value}`)
      .join(', ')}.`,
    threshold > 1
      ? `It never confirms: no threshold reached ${percent(precisionWanted)} right confirmations.`
      : `It confirms from ${threshold}, where at least ${percent(precisionWanted)} were right.`,
  ].join('\n');
