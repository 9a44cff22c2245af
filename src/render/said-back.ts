import { type Card, line, notice } from '../domain/card.ts';
import type { Understanding } from '../domain/menu.ts';
import { foreign, type Language } from '../domain/text.ts';

/** As much of somebody's words as every dialect shows; more would be cut, and half a number is another order's. */
const mostShown = 40;

/** The answer to what is no command: said back, asked for what is missing, or not understood. Nothing is done. */
export function saidBackCard(
  understood: Extract<Understanding, { type: 'suggest' | 'problem' | 'unclear' }>,
  language: Language,
): Card {
  const zh = language === 'zh';
  switch (understood.type) {
    case 'suggest':
      return notice(
        'info',
        Array.from(understood.text).length > mostShown
          ? line(
              zh
                ? `没有照做。请只发命令、单号，不带别的话。怎么写：/帮助 ${understood.name}`
                : `Not done. Send only the command and the numbers, no other words: /help ${understood.name}`,
            )
          : line(
              zh ? '没有照做。要 ' : 'Not done. Did you mean ',
              foreign(understood.text),
              zh ? ' 吗？请照这样发' : '? Send it like that',
            ),
      );
    case 'problem':
      return notice('info', understood.problem[language]);
    case 'unclear':
      return notice(
        'info',
        zh ? '没听懂。发订单号查单，或发 /帮助' : 'I did not understand. Send an order number, or /help',
      );
  }
}
