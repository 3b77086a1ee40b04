/** The throttle of API Gateway. */
import { describe, expect, it } from 'vitest';
import { throttleOf } from '../../../../local/cloud/http/throttle.ts';

describe('a throttle', () => {
  it('lets the burst through, then the rate', () => {
    let now = 0;
    const mayPass = throttleOf(10, 3, () => now);
    expect([1, 2, 3, 4].map(() => mayPass())).toEqual([true, true, true, false]);
    now = 200;
    expect([1, 2, 3].map(() => mayPass())).toEqual([true, true, false]);
  });
});
