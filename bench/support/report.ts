/** The report of a figure: its lines with the floor of the same run, tables with details, and how they are printed. */

export type Table = {
  readonly title?: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
};

/** One line of a figure. A line without a limit only informs. */
export type Line = {
  readonly figure: string;
  readonly measured: string;
  readonly floor: string;
  readonly ratio: string;
  readonly limit: string;
  readonly verdict: '' | 'ok' | 'over';
};

/** What one benchmark found. */
export type Report = {
  readonly title: string;
  readonly lines: readonly Line[];
  readonly details?: readonly Table[];
  /** How it was measured; a note may be wrapped. */
  readonly notes?: readonly string[];
};

/** What one section of a benchmark found. */
export type Part = Omit<Report, 'title'>;

/** A benchmark: one file, one figure. */
export type Benchmark = () => Promise<Report>;

/** `of`: whether the ratio to the floor or the measured value itself is limited. */
export type Limit = { readonly of: 'ratio' | 'measured' } & (
  | { readonly atMost: number }
  | { readonly atLeast: number }
  | { readonly below: number }
);

export type Measured = {
  readonly measured: number;
  readonly floor?: number;
  readonly unit?: string;
  readonly limit?: Limit;
};

/** Three significant digits, and whole numbers from 100 on. */
export const number = (value: number): string => {
  if (Number.isInteger(value) || Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return value.toPrecision(3).replace(/\.?0+$/, '');
};

const worded = (limit: Limit, unit: string): string => {
  const suffix = limit.of === 'ratio' || unit === '' ? '' : ` ${unit}`;
  if ('atMost' in limit) return `≤ ${number(limit.atMost)}${suffix}`;
  return 'below' in limit ? `< ${number(limit.below)}${suffix}` : `≥ ${number(limit.atLeast)}${suffix}`;
};

const holds = (limit: Limit, value: number): boolean => {
  if ('atMost' in limit) return value <= limit.atMost;
  return 'below' in limit ? value < limit.below : value >= limit.atLeast;
};

export const line = (figure: string, { measured, floor, unit = '', limit }: Measured): Line => {
  const ratio = floor === undefined ? undefined : measured / floor;
  const judged = limit?.of === 'ratio' ? ratio : measured;
  const shown = (value: number | undefined): string =>
    value === undefined ? '' : `${number(value)}${unit === '' ? '' : ` ${unit}`}`;
  return {
    figure,
    measured: shown(measured),
    floor: shown(floor),
    ratio: ratio === undefined ? '' : ratio.toFixed(2),
    limit: limit ? worded(limit, unit) : '',
    verdict: limit && judged !== undefined ? (holds(limit, judged) ? 'ok' : 'over') : '',
  };
};

const isNumeric = (cell: string): boolean => /^[≤≥<]?\s?-?[\d.,]+/.test(cell);

const padded = (cell: string, size: number, right: boolean): string =>
  right ? cell.padStart(size) : cell.padEnd(size);

/** A Markdown table with aligned columns, as readable in a terminal as in a document. */
export const tableText = ({ title, columns, rows }: Table): string => {
  const width = columns.map((column, i) => Math.max(column.length, ...rows.map((row) => (row[i] ?? '').length)));
  const right = columns.map(
    (_, i) => i > 0 && rows.some((row) => isNumeric(row[i] ?? '')) && rows.every((row) => !row[i] || isNumeric(row[i])),
  );
  const cells = (row: readonly string[]): string =>
    `| ${width.map((size, i) => padded(row[i] ?? '', size, right[i] === true)).join(' | ')} |`;
  const rule = `| ${width.map((size, i) => (right[i] ? `${'-'.repeat(size - 1)}:` : '-'.repeat(size))).join(' | ')} |`;
  return [...(title ? [`${title}`] : []), cells(columns), rule, ...rows.map(cells)].join('\n');
};

export const reportText = ({ title, lines, details = [], notes = [] }: Report): string =>
  [
    `## ${title}`,
    tableText({
      columns: ['figure', 'measured', 'floor', 'ratio', 'limit', ''],
      rows: lines.map(({ figure, measured, floor, ratio, limit, verdict }) => [
        figure,
        measured,
        floor,
        ratio,
        limit,
        verdict,
      ]),
    }),
    ...details.map(tableText),
    ...(notes.length > 0 ? [notes.map((note) => `- ${note.replace(/\s+/g, ' ')}`).join('\n')] : []),
  ].join('\n\n');
