/** Metrics from log lines: the terms of metric filters. */
import { describe, expect, it } from 'vitest';
import { compileTerms } from '../../../../local/cloud/metrics/lines.ts';

describe('a metric filter', () => {
  it('looks for its terms', () => {
    const matches = compileTerms('"Dispatch sent for DECLINED request"', 'Filter');
    expect(matches('{"message":"Dispatch sent for DECLINED request"}')).toBe(true);
    expect(matches('{"message":"Dispatch sent"}')).toBe(false);
    expect(compileTerms('ERROR -timeout', 'Filter')('ERROR timeout')).toBe(false);
    expect(compileTerms('?ERROR ?WARN', 'Filter')('WARN late')).toBe(true);
  });

  it('refuses JSON and column patterns', () => {
    expect(() => compileTerms('{ $.level = "ERROR" }', 'Filter')).toThrow('Filter: only terms are known here');
  });
});
