import { describe, expect, it } from 'vitest';
import { visibilityFrom } from '../../src/domain/fulfillment.ts';
import { hasReached, laterStage, stages } from '../../src/domain/stage.ts';

describe('stages', () => {
  it('are in the order in which a warehouse goes through them', () => {
    for (const [index, stage] of stages.entries()) {
      for (const [other, mark] of stages.entries()) {
        expect(hasReached(stage, mark), `${stage} ≥ ${mark}`).toBe(index >= other);
        expect(laterStage(stage, mark)).toBe(stages[Math.max(index, other)]);
      }
    }
  });

  it('put the review queue before sorting and the end after everything', () => {
    expect(hasReached('review', 'sorting')).toBe(false);
    expect(hasReached('packed', 'sorting')).toBe(true);
    expect(stages.every((stage) => hasReached('closed', stage))).toBe(true);
  });
});

describe('how well a stage is seen', () => {
  it.each([
    ['none', false, 'not-visible-here'],
    ['none', true, 'not-visible-here'],
    ['polled', false, 'seen'],
    ['pushed', false, 'seen'],
    ['uploaded', true, 'source-silent'],
    ['polled', true, 'source-silent'],
  ] as const)('told by %s, silent %s: %s', (source, isSilent, visibility) => {
    expect(visibilityFrom(source, isSilent)).toBe(visibility);
  });
});
