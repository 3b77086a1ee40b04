/** Takes one condition out of every write, to show that the laws notice: a condition that nobody misses is not proven. */
import {
  DeleteItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';

/** `Put ORDER#/RIDE version = :version`. */
export type Site = string;

type Conditional = {
  readonly Item?: Readonly<Record<string, unknown>> | undefined;
  readonly Key?: Readonly<Record<string, unknown>> | undefined;
  readonly ConditionExpression?: string | undefined;
};

const kindOf = ({ Item, Key }: Conditional): string => {
  const { pk, sk } = (Item ?? Key ?? {}) as Record<'pk' | 'sk', { readonly S?: string } | undefined>;
  const [first = ''] = (pk?.S ?? '').split('#');
  const [second = ''] = (sk?.S ?? '').split('#');
  return `${first}/${/^\d+$/.test(second) ? 'number' : second}`;
};
const siteOf = (operation: string, input: Conditional): Site | undefined =>
  input.ConditionExpression === undefined ? undefined : `${operation} ${kindOf(input)} ${input.ConditionExpression}`;

const without = <Input extends Conditional>(input: Input): Input => {
  const { ConditionExpression: _, ...rest } = input;
  return rest as Input;
};

/** @param removed the site whose condition is taken out; @param onSite hears of every conditional write */
export const conditions = (removed: Site | undefined, onSite: (site: Site) => void) => {
  const changed = <Input extends Conditional>(operation: string, input: Input): Input => {
    const site = siteOf(operation, input);
    if (site === undefined) return input;
    onSite(site);
    return site === removed ? without(input) : input;
  };
  return (command: unknown): unknown => {
    if (command instanceof PutItemCommand) return new PutItemCommand(changed('Put', command.input));
    if (command instanceof UpdateItemCommand) return new UpdateItemCommand(changed('Update', command.input));
    if (command instanceof DeleteItemCommand) return new DeleteItemCommand(changed('Delete', command.input));
    if (command instanceof TransactWriteItemsCommand)
      return new TransactWriteItemsCommand({
        ...command.input,
        TransactItems: command.input.TransactItems?.map((item) =>
          item.Put ? { ...item, Put: changed('Transaction', item.Put) } : item,
        ),
      });
    return command;
  };
};
