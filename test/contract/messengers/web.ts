import { createHttp } from '../../../src/adapters/http.ts';
import type { OutgoingCard } from '../../../src/ports/messenger.ts';
import { type Binding, plainContext } from './binding.ts';

/** The built-in room: its log is its network, and what it shows is the card's own JSON. */
const web: Binding = async (plug) => {
  const said = new Map<string, OutgoingCard>();
  let isBroken = false;
  const messenger = plug.create({
    ...plainContext(),
    baseUrl: '',
    credentials: {} as never,
    http: createHttp(),
    clock: { now: () => 0, sleep: async () => undefined, every: () => () => undefined },
    roomLog: {
      async add({ key, card }) {
        if (isBroken) throw new Error('disk full');
        if (!said.has(key)) said.set(key, card);
        return [...said.keys()].indexOf(key) + 1;
      },
    },
  });
  return {
    messenger,
    target: { roomId: 'war', chatId: 'war', isPrivate: false },
    shown: async () =>
      [...said.values()].map((card) => ({
        bytes: Buffer.byteLength(JSON.stringify(card)),
        text: card.lines
          .map((line) => line.map((piece) => (typeof piece === 'string' ? piece : piece.foreign)).join(''))
          .join('\n'),
        buttons: card.buttons.map(({ label }) => label),
        url: card.url,
      })),
    async refuse() {
      isBroken = true;
    },
    close: async () => undefined,
  };
};

export default web;
