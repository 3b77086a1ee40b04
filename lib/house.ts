/** What every construct of a stage shares: the stage, its names, and who is paged. */

import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import type { Stage } from './stages.ts';

export type House = {
  readonly stage: Stage;
  readonly pager: ITopic;
  readonly issuer: string;
  readonly audience: string;
};

export const named = ({ stage }: Pick<House, 'stage'>, name: string): string => `tuntas-${stage.name}-${name}`;

export const removal = ({ stage }: Pick<House, 'stage'>): RemovalPolicy => (stage.kept ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY);
