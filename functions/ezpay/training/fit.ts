/** Regularised logistic regression by Newton's method: few features, so each step solves one small system. Pure. */
import { logistic } from '../predictor.ts';

export type Row = { readonly values: readonly number[]; readonly is: boolean };
type Scale = { readonly mean: number; readonly deviation: number };
type Fit = { readonly bias: number; readonly weights: readonly number[] };

/** Of each value over all rows; a value that never differs has deviation 1, so that it stays 0 and decides nothing. */
export const scalesOf = (rows: readonly Row[], width: number): readonly Scale[] =>
  Array.from({ length: width }, (_, i) => {
    const mean = rows.reduce((sum, { values }) => sum + (values[i] as number), 0) / rows.length;
    const deviation = Math.sqrt(
      rows.reduce((sum, { values }) => sum + ((values[i] as number) - mean) ** 2, 0) / rows.length,
    );
    return { mean, deviation: deviation > 1e-9 ? deviation : 1 };
  });

export const scaled = (rows: readonly Row[], scales: readonly Scale[]): readonly Row[] =>
  rows.map(({ values, is }) => ({
    values: scales.map(({ mean, deviation }, i) => ((values[i] as number) - mean) / deviation),
    is,
  }));

/**
 * The weights of the greatest likelihood less `penalty` / 2 times the sum of their squares; the bias is free.
 * @param rows standardised, with examples of both kinds
 */
export const fitted = (rows: readonly Row[], penalty: number): Fit => {
  const width = (rows[0]?.values.length ?? 0) + 1;
  let weights = new Float64Array(width);
  for (let step = 0; step < 50; step += 1) {
    const gradient = new Float64Array(width);
    const curvature = Array.from({ length: width }, () => new Float64Array(width));
    for (const { values, is } of rows) {
      const x = [1, ...values];
      const p = logistic(x.reduce((sum, value, i) => sum + value * (weights[i] as number), 0));
      for (let i = 0; i < width; i += 1) {
        const row = curvature[i] as Float64Array;
        const xi = x[i] as number;
        gradient[i] = (gradient[i] as number) + ((is ? 1 : 0) - p) * xi;
        for (let j = 0; j <= i; j += 1) row[j] = (row[j] as number) + p * (1 - p) * xi * (x[j] as number);
      }
    }
    for (let i = 0; i < width; i += 1) {
      const row = curvature[i] as Float64Array;
      if (i > 0) {
        gradient[i] = (gradient[i] as number) - penalty * (weights[i] as number);
        row[i] = (row[i] as number) + penalty;
      }
      for (let j = i + 1; j < width; j += 1) row[j] = (curvature[j] as Float64Array)[i] as number;
    }
    const change = solved(curvature, gradient);
    weights = weights.map((weight, i) => weight + (change[i] as number));
    // Stryker disable next-line ConditionalExpression,EqualityOperator: only saves steps that change nothing
    if (change.every((one) => Math.abs(one) < 1e-10)) break;
  }
  return { bias: weights[0] as number, weights: [...weights.slice(1)] };
};

/** Gauss; the curvature is symmetric and positive definite, so that no rows need to be exchanged. */
const solved = (matrix: readonly Float64Array[], right: Float64Array): readonly number[] => {
  const rows = matrix.map((row, i) => [...row, right[i] as number]);
  const width = rows.length;
  for (let column = 0; column < width; column += 1) {
    const pivot = rows[column] as number[];
    for (const row of rows.slice(column + 1)) {
      const share = (row[column] as number) / (pivot[column] as number);
      for (let k = column; k <= width; k += 1) row[k] = (row[k] as number) - share * (pivot[k] as number);
    }
  }
  const found = new Array<number>(width).fill(0);
  for (let i = width - 1; i >= 0; i -= 1) {
    const row = rows[i] as number[];
    const rest = found.reduce((sum, value, k) => sum + (k > i ? value * (row[k] as number) : 0), 0);
    found[i] = ((row[width] as number) - rest) / (row[i] as number);
  }
  return found;
};
