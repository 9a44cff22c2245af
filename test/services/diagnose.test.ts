import { describe, expect, it } from 'vitest';
import { makeFaults } from '../kit/faults.ts';

describe('the faults that the diagnosis is judged by', () => {
  it('I4: more than two hundred worlds, forty with two faults and twenty with none, the same for the same seed', () => {
    const faults = makeFaults(20_261_124);
    expect(faults.length).toBeGreaterThanOrEqual(200);
    expect(faults.filter(({ truth }) => truth.length === 2)).toHaveLength(40);
    expect(faults.filter(({ truth }) => truth.length === 0)).toHaveLength(20);
    expect(makeFaults(20_261_124)).toEqual(faults);
    expect(makeFaults(1)).not.toEqual(faults);
  });
});
