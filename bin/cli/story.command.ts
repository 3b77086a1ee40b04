/** `tuntas story`. */
import type { Command } from 'commander';
import type { OrderId } from '../../functions/kernel/types.ts';
import { readStory } from '../../functions/ops/story.store.ts';
import { type Cli, exitCodes, orderNumber, somewhere } from './command.ts';
import type { PlaceOptions } from './place.ts';
import { printStory } from './story.print.ts';

export const storyCommand = (program: Command, { output, on }: Cli): Command =>
  somewhere(
    program.command('story').description('what happened to an order').argument('<id>', 'the order number', orderNumber),
  )
    .option('--json', 'for programs')
    .action((id: OrderId, options: PlaceOptions & { readonly json?: true }) =>
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
