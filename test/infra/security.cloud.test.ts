/** The security rules of AWS Solutions and Serverless hold, and each exception says why. */
import { Validations } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { stages } from './stages.ts';
import { stackOf } from './synth.ts';

describe('the security rules', () => {
  const { app, stack } = stackOf(stages.prod);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));

  it('hold in production', () => expect(() => app.synth()).not.toThrow());

  it('have only exceptions that give a reason', () => {
    const acknowledged = stack.node
      .findAll()
      .flatMap(({ node }) => node.metadata.filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY));
    expect(acknowledged.length).toBeGreaterThan(0);
    const reasons = acknowledged.flatMap(({ data }) =>
      Object.values(data as Record<string, string>).map((reason) =>
        typeof reason === 'string' ? reason : JSON.stringify(reason),
      ),
    );
    for (const reason of reasons) expect(reason.length).toBeGreaterThan(60);
  });
});
