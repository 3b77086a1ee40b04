/** The model of the tables, which benchmarks use too. */
export * from '../../tools/memory-table.ts';
