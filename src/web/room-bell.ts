/** Tells open pages at once that a room has a new row. Nothing depends on it: streams read again by themselves. */
export interface RoomBell {
  ring(roomId: string): void;
  /** Until the returned function is called. */
  listen(roomId: string, heard: () => void): () => void;
}

export function createRoomBell(): RoomBell {
  const listeners = new Map<string, Set<() => void>>();
  return {
    ring(roomId) {
      for (const heard of listeners.get(roomId) ?? []) heard();
    },

    listen(roomId, heard) {
      const those = listeners.get(roomId) ?? new Set();
      listeners.set(roomId, those);
      those.add(heard);
      return () => {
        those.delete(heard);
        if (those.size === 0) listeners.delete(roomId);
      };
    },
  };
}
