export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

// Asia/Shanghai has had no summer time since 1991, so a fixed offset is exact.
const ZONE = 8 * HOUR;

/** Midnight in Beijing of the day that holds `at`. */
export function startOfDay(at: number): number {
  return Math.floor((at + ZONE) / DAY) * DAY - ZONE;
}

/** `2026-11-11 00:33:00`: Beijing local time without a zone, as the ERP writes it. */
export function beijing(at: number): string {
  return new Date(at + ZONE).toISOString().slice(0, 19).replace('T', ' ');
}

/** Reads what `beijing` writes; a bare date is midnight. Undefined when it is no such time. */
export function fromBeijing(text: string): number | undefined {
  const match = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}:\d{2}))?$/.exec(text.trim());
  if (match === null) return undefined;
  const at = Date.parse(`${match[1]}T${match[2] ?? '00:00:00'}Z`) - ZONE;
  return Number.isNaN(at) ? undefined : at;
}

/** `20261111` */
export function dayDigits(at: number): string {
  return beijing(at).slice(0, 10).replaceAll('-', '');
}

/** `08:30` → ms since midnight. */
export function clockTime(text: string): number {
  const [hours = '0', minutes = '0'] = text.split(':');
  return Number(hours) * HOUR + Number(minutes) * MINUTE;
}
