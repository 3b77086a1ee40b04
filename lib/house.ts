/** What every construct of a stage shares: the stage, its names, and who is paged. */

import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import type { Stage } from './stages.ts';

export type House = {
  readonly stage: Stage;
  readonly pager: ITopic;
};

export const named = ({ stage }: Pick<House, 'stage'>, name: string): string => `tuntas-${stage.name}-${name}`;

/** What is kept outlives its stack, but a first deployment that fails takes it back: under fixed names it would block the next. */
export const removal = ({ stage }: Pick<House, 'stage'>): RemovalPolicy =>
  stage.kept ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
