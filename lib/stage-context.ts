/** What every construct of a stage shares: the stage, its names, and who is paged. */

import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import type { Stage } from './stages.ts';

export type StageContext = {
  readonly stage: Stage;
  readonly pager: ITopic;
};

export const named = ({ stage }: Pick<StageContext, 'stage'>, name: string): string => `tuntas-${stage.name}-${name}`;

/** What is kept outlives its stack; a first deployment that fails removes it: its fixed name would block the next. */
export const removal = ({ stage }: Pick<StageContext, 'stage'>): RemovalPolicy =>
  stage.kept ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
