/** The dashboard: the two promises of dispatch first, then what endangers them. */
import { Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { type House, named } from './house.ts';

export class Observability extends Construct {
  constructor(scope: Construct, id: string, { house }: { readonly house: House }) {
    super(scope, id);
    new Dashboard(this, 'Dashboard', { dashboardName: named(house, 'orders') });
  }
}
