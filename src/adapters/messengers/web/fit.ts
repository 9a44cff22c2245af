import type { Line } from '../../../domain/card.ts';
import type { Piece } from '../../../domain/text.ts';
import type { MessengerLimits, OutgoingCard } from '../../../ports/messenger.ts';

/** The card as it is, or with its last lines cut so that its JSON keeps within the limits. */
export function fitCard(card: OutgoingCard, limits: Pick<MessengerLimits, 'maxBytes' | 'maxButtons'>): OutgoingCard {
  const small = { ...card, buttons: card.buttons.slice(0, limits.maxButtons) };
  if (bytesOf(small) <= limits.maxBytes) return small;
  let left = limits.maxBytes - bytesOf({ ...small, lines: [] });
  const lines: Line[] = [];
  for (const line of small.lines) {
    const room = left - bytesOf([]) - 1;
    const kept = fitLine(line, room);
    if (kept.length > 0) lines.push(kept);
    left = room - bytesOf(kept);
    if (kept !== line) break;
  }
  return { ...small, lines };
}

/** The line itself when it fits, else as many characters of it as do, with an ellipsis. */
function fitLine(line: Line, room: number): Line {
  if (bytesOf(line) <= room) return line;
  const kept: Piece[] = [];
  for (const piece of line) {
    if (bytesOf([...kept, piece]) <= room) {
      kept.push(piece);
      continue;
    }
    const words = Array.from(typeof piece === 'string' ? piece : piece.foreign);
    const cutTo = (count: number): Piece => {
      const cut = `${words.slice(0, count).join('')}…`;
      return typeof piece === 'string' ? cut : { foreign: cut };
    };
    let low = 0;
    let high = words.length;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (bytesOf([...kept, cutTo(middle)]) <= room) low = middle;
      else high = middle - 1;
    }
    return low === 0 ? kept : [...kept, cutTo(low)];
  }
  return kept;
}

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
