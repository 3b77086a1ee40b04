/** Stands for a stack whose settings are missing: `cdk bootstrap` and `cdk ls` work, `cdk synth` and `cdk deploy` end with what to set. */
import {
  Annotations,
  type App,
  CfnRule,
  CfnWaitConditionHandle,
  DefaultStackSynthesizer,
  Fn,
  Stack,
} from 'aws-cdk-lib/core';

export class IncompleteStack extends Stack {
  constructor(app: App, name: string, region: string, problem: string) {
    super(app, name, {
      env: { region },
      synthesizer: new DefaultStackSynthesizer({ generateBootstrapVersionRule: false }),
    });
    Annotations.of(this).addError(problem);
    // `--ignore-errors` would deploy it. An empty stack would then be deleted; this one is refused by CloudFormation, and what is deployed stays.
    new CfnWaitConditionHandle(this, 'Nothing');
    new CfnRule(this, 'SettingsAreComplete', {
      assertions: [{ assert: Fn.conditionEquals('missing', 'complete'), assertDescription: problem }],
    });
  }
}
