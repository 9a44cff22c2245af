import { describe, expect, it } from 'vitest';
import { changedFacts } from '../../src/domain/event.ts';

describe('the facts of an event', () => {
  it('are all fields the first time, and the changed ones afterwards', () => {
    const first = { a: 1, b: null, c: [{ d: 2 }] };
    expect(changedFacts(undefined, first)).toEqual(first);
    expect(changedFacts(first, { a: 1, b: 3, c: [{ d: 2 }] })).toEqual({ b: 3 });
    expect(changedFacts(first, { a: 1, b: null, c: [{ d: 4 }] })).toEqual({ c: [{ d: 4 }] });
  });

  it('are none when nothing changed, whatever order the fields come in', () => {
    expect(changedFacts({ a: 1, b: 2 }, { b: 2, a: 1 })).toEqual({});
  });

  it('tell null from a field that is not there', () => {
    expect(changedFacts({}, { a: null })).toEqual({ a: null });
    expect(changedFacts({ a: 0 }, { a: null })).toEqual({ a: null });
  });

  it('applied one after the other give the last view again', () => {
    const views = [
      { a: 1, b: null, c: [1] },
      { a: 1, b: 5, c: [] },
      { a: 2, b: null, c: [] },
    ];
    let before: Record<string, unknown> | undefined;
    let told: Record<string, unknown> = {};
    for (const view of views) {
      told = { ...told, ...changedFacts(before, view) };
      expect(told).toEqual(view);
      before = view;
    }
  });
});
