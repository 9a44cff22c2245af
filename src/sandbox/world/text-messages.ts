import type { World } from './world.ts';

/** A text message that left the provider. `status`: 1 on its way, 2 failed, 3 arrived. */
export interface TextRow {
  id: number;
  at: number;
  mobile: string;
  words: string;
  template: string;
  out_id: string;
  biz_id: string;
  status: number;
}

export function sendText(world: World, text: Omit<TextRow, 'id' | 'at' | 'status'>): void {
  const failed = world.store.readMeta('texts-fail') === '1';
  world.store.run(
    'INSERT INTO text_messages (at, mobile, words, template, out_id, biz_id, status) VALUES (?, ?, ?, ?, ?, ?, ?)',
    world.clock.now(),
    text.mobile,
    text.words,
    text.template,
    text.out_id,
    text.biz_id,
    failed ? 2 : 3,
  );
}

export const listTexts = (world: World): readonly TextRow[] =>
  world.store.all<TextRow>('SELECT * FROM text_messages ORDER BY id');
