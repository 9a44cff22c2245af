import { z } from 'zod';

const earliest = Date.UTC(2000, 0, 1) / 1_000;
const latest = Date.UTC(2100, 0, 1) / 1_000;

const isNothing = (value: unknown): boolean => value === undefined || value === null || value === '';

/** A whole number, which some answers deliver as text (channels.md §3.3); undefined when it is not told. */
export const Whole = z.preprocess(
  (value) => (isNothing(value) ? undefined : typeof value === 'string' ? Number(value.trim()) : value),
  z.int().optional(),
);

/** Epoch seconds → unix ms; 0, "" and null all mean "not yet" (channels.md §9.18). */
export const Time = Whole.transform((seconds, context) => {
  if (seconds === undefined || seconds === 0) return null;
  if (seconds >= earliest && seconds < latest) return seconds * 1_000;
  context.addIssue({ code: 'custom', message: 'no epoch seconds' });
  return z.NEVER;
});

export const Words = z
  .union([z.string(), z.number()])
  .nullish()
  .transform((value) => (value === null || value === undefined ? '' : String(value).trim()));

/** A list that is null or absent when it is empty, may be its only member, and may hold nothing at some places. */
export const listOf = <T extends z.ZodType>(member: T, least = 0) =>
  z.preprocess(
    (value) => (Array.isArray(value) ? value : [value]).filter((each) => !isNothing(each)),
    z.array(member).min(least),
  );
