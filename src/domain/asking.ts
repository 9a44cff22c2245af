import type { Actor } from './actor.ts';
import type { Language } from './text.ts';

/** Who asks, and from where. */
export interface Asking {
  readonly actor: Actor;
  readonly roomId: string;
  /** web, wecom, dingtalk. */
  readonly platform: string;
  readonly isPrivate: boolean;
  readonly language: Language;
  /** The stored message that asked: whatever follows is done once for it. Null for pages. */
  readonly inboundId: number | null;
}
