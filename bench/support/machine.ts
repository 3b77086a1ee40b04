/** The machine a figure was measured on: without it a figure means nothing. */
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

export const machine = (): string =>
  [
    `${availableParallelism()} cores`,
    (cpus()[0]?.model ?? 'unknown CPU').trim(),
    `${Math.round(totalmem() / 1024 ** 3)} GB`,
    `${process.platform} ${process.arch}`,
    `Node ${process.version}`,
  ].join(' · ');

/** Processes wanting to run, over the last minute; above the number of cores the figures are too high. */
export const load = (): string => (loadavg()[0] ?? 0).toFixed(2);
