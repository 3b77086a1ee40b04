/**
 * The model of the tables for tests: every event written is declared in events/, the facts of a payment add up to its
 * money, and no line of a story changes.
 */
import { type MemoryTable, memoryTable as model, type Written } from '../../tools/memory-table.ts';
import { mustHoldDeclared, mustKeepLine } from './declared.ts';
import { mustAddUp } from './money-law.ts';

export { cancelled, conditionFailed, transactionConflict } from '../../tools/dynamo-errors.ts';
export { clientOf, clientWith, type MemoryTable, type Written } from '../../tools/memory-table.ts';

/** @param onWrite sees every write in the order the table took them */
export const memoryTable = (onWrite: (written: Written) => void = () => undefined): MemoryTable => {
  let isPut = false;
  const table = model((written) => {
    const { item, before } = written;
    if (item?.outbox?.S) mustHoldDeclared(item.outbox.S);
    if (!isPut) mustAddUp(written);
    if (item?.kind?.S === 'event') mustKeepLine(before, item);
    onWrite(written);
  });
  /** What a test puts there itself has no history. */
  const put: MemoryTable['put'] = (name, item) => {
    isPut = true;
    table.put(name, item);
    isPut = false;
  };
  return { ...table, put };
};
