// Asia/Shanghai has had no summer time since 1991, so a fixed offset is exact.
const beijingOffset = 8 * 3_600_000;

/** `2026-11-11 00:33:00`: Beijing local time of a unix ms instant, cut to the second. */
export function toBeijingText(at: number): string {
  return new Date(at + beijingOffset).toISOString().slice(0, 19).replace('T', ' ');
}

/**
 * Reads `2026-11-11 00:33:00` (a fraction is kept to the ms, a bare date is midnight) as Beijing time; unix ms.
 * Undefined when it is no such time, or one of the zero dates that mean "not yet".
 */
export function fromBeijingText(text: string): number | undefined {
  const match = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}:\d{2})(\.\d{1,9})?)?$/.exec(text.trim());
  if (match === null) return undefined;
  const [, day = '', time = '00:00:00', fraction = ''] = match;
  const at = Date.parse(`${day}T${time}${fraction.slice(0, 4)}Z`) - beijingOffset;
  // V8 rolls 2026-02-30 over into March.
  if (Number.isNaN(at) || !toBeijingText(at).startsWith(day)) return undefined;
  return Number(day.slice(0, 4)) < 1971 ? undefined : at;
}
