/** `tuntas story`. */
import type { Command } from 'commander';
import type { OrderId } from '../../functions/kernel/types.ts';
import { readStory } from '../../functions/ops/story.store.ts';
import { type Cli, exitCodes, orderNumber, withTarget } from './command.ts';
import { printStory } from './story.print.ts';
import type { TargetOptions } from './target.ts';

export const storyCommand = (program: Command, { output, on }: Cli): Command =>
  withTarget(
    program.command('story').description('what happened to an order').argument('<id>', 'the order number', orderNumber),
  )
    .option('--json', 'for programs')
    .action((id: OrderId, options: TargetOptions & { readonly json?: true }) =>
      on(options, async ({ name, dynamo, tables }) => {
        const lines = await readStory(dynamo, tables.story)(id);
        if (lines.length === 0) {
          output.complain(`error: there is no order ${id} in ${name}`);
          return exitCodes.failed;
        }
        output.print(options.json ? JSON.stringify({ orderId: id, lines }, undefined, 2) : printStory(id, lines));
        return exitCodes.fine;
      }),
    );
