/** In place of a stack whose settings are missing: `cdk bootstrap` works, `cdk synth` ends with what to set. */
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
    // `--ignore-errors` would deploy it, and delete what an empty stack does not have: CloudFormation refuses this one.
    new CfnWaitConditionHandle(this, 'Nothing');
    new CfnRule(this, 'SettingsAreComplete', {
      assertions: [{ assert: Fn.conditionEquals('missing', 'complete'), assertDescription: problem }],
    });
  }
}
