import { z } from 'zod';

const earliest = Date.UTC(2000, 0, 1) / 1_000;
const latest = Date.UTC(2100, 0, 1) / 1_000;

const isNothing = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  (typeof value === 'object' && Object.keys(value).length === 0);

/** Null, "", [] and {} all mean that nothing is told. */
export const orNothing = <T extends z.ZodType>(field: T) =>
  z.preprocess((value) => (isNothing(value) ? undefined : value), field);

/** A whole number, which some answers deliver as text (channels.md §3.3); undefined when it is not told. */
export const Whole = orNothing(
  z.preprocess((value) => (typeof value === 'string' ? Number(value.trim()) : value), z.int().optional()),
);

/** Epoch seconds → unix ms; 0 and nothing mean "not yet" (channels.md §9.18). */
export const Time = Whole.transform((seconds = 0, context) => {
  if (seconds <= 0) return null;
  if (seconds >= earliest && seconds < latest) return seconds * 1_000;
  context.addIssue({ code: 'custom', message: 'no epoch seconds' });
  return z.NEVER;
});

export const Words = orNothing(
  z
    .union([z.string(), z.number()])
    .optional()
    .transform((value = '') => String(value).trim()),
);

/** A list that may be its only member, and may hold nothing at some places. */
export const listOf = <T extends z.ZodType>(member: T, least = 0) =>
  z.preprocess(
    (value) => (Array.isArray(value) ? value : [value]).filter((each) => !isNothing(each)),
    z.array(member).min(least),
  );
