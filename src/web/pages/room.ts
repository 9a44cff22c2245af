import { may, type Person } from '../../domain/actor.ts';
import type { MenuEntry } from '../../domain/menu.ts';
import type { Language, Text } from '../../domain/text.ts';
import { callLine, type OutgoingCard } from '../../ports/messenger.ts';
import type { RoomMessageRow } from '../../ports/stores.ts';
import { renderCardHtml, typedHtml } from '../../render/page/card.ts';
import { type Html, html } from '../../render/page/html.ts';
import type { Times } from '../../render/page/time.ts';
import { argWords, sayIn, words } from '../../render/page/words.ts';

export type RoomTab = 'war' | 'dm';

const t = {
  war: { zh: '订单作战群', en: 'War room' },
  dm: { zh: '私聊机器人', en: 'Private, with the bot' },
  messages: { zh: '消息', en: 'Messages' },
  older: { zh: '看更早的', en: 'Show older' },
  none: {
    zh: '这里还没人说话。出了事机器人会在这里说；也可以先问它一句。',
    en: 'Nobody has spoken here yet. The bot will say here what goes wrong; or ask it something first.',
  },
  noneDm: {
    zh: '这里只有你和机器人看得到。查单、改仓都行，和群里一样。',
    en: 'Only you and the bot see this. Everything works here as in the room.',
  },
  write: { zh: '说点什么，打 / 看命令', en: 'Say something, type / for commands' },
  commands: { zh: '命令', en: 'Commands' },
  quick: { zh: '常用', en: 'Often used' },
  newer: { zh: '条新消息', en: 'new' },
  lost: { zh: '连接断了，正在重连…', en: 'Connection lost, reconnecting…' },
  failed: { zh: '没发出去。点这里重发', en: 'Not sent. Tap to send again' },
  sending: { zh: '发送中', en: 'Sending' },
} satisfies Record<string, Text>;

export interface RoomView {
  readonly tab: RoomTab;
  readonly language: Language;
  readonly person: Person;
  readonly times: Times;
  readonly rows: readonly RoomMessageRow[];
  readonly hasOlder: boolean;
  readonly menu: readonly MenuEntry[];
  readonly key: string;
  readonly nameOf: (sender: string) => string;
}

export function roomHtml(view: RoomView): Html {
  const say = sayIn(view.language);
  const tab = (name: RoomTab, path: string): Html =>
    html`<a href="${path}"${view.tab === name && html` aria-current="page"`}>${say(t[name])}</a>`;
  return html`<main id="main" class="room" data-room="${view.tab}" data-lost="${say(t.lost)}" data-failed="${say(t.failed)}" data-sending="${say(t.sending)}">
<h1 class="hidden">${say(t[view.tab])}</h1>
<nav class="tabs" aria-label="${say(words.room)}">${tab('war', '/room')}${tab('dm', '/room?room=dm')}</nav>
<p class="connection" role="status" hidden></p>
<div class="scroller" role="log" tabindex="0" aria-label="${say(t.messages)}"><div class="scrolled">
${view.hasOlder && html`<p class="older"><a href="/room?room=${view.tab}&amp;last=300">${say(t.older)}</a></p>`}
${view.rows.length === 0 && html`<p class="empty">${say(view.tab === 'war' ? t.none : t.noneDm)}</p>`}
<ol class="messages" id="messages" data-after="${view.rows.at(-1)?.id ?? 0}">${view.rows.map((row) => messageHtml(row, view))}</ol>
</div></div>
<button class="jump" type="button" hidden><span class="jump-count">0</span> ${say(t.newer)} ↓</button>
${composerHtml(view)}
</main>`;
}

/** Who is called by the message, set apart so that they see it. */
function callHtml(card: OutgoingCard): Html | false {
  const parts = callLine(card).map((part) => (typeof part === 'string' ? part : html`<mark>@${part.name}</mark>`));
  return parts.length > 0 && html`<p class="call">${parts}</p>`;
}

/** One message; also what a stream sends. */
export function messageHtml(
  row: RoomMessageRow,
  view: Pick<RoomView, 'tab' | 'language' | 'person' | 'times' | 'nameOf'>,
): Html {
  const isPerson = row.sender.startsWith('person:');
  const side = row.sender === `person:${view.person.id}` ? 'own' : isPerson ? 'other' : 'bot';
  return html`<li class="message ${side}" id="m${row.id}" data-id="${row.id}"><p class="from"><b>${isPerson ? view.nameOf(row.sender) : words.bot[view.language]}</b> <time datetime="${view.times.machine(row.at)}">${view.times.clock(row.at)}</time></p>
${isPerson ? typedHtml(row.card, view.language) : renderCardHtml(row.card, view.language, { room: view.tab })}${!isPerson && callHtml(row.card)}</li>`;
}

function composerHtml(view: RoomView): Html {
  const say = sayIn(view.language);
  const usable = view.menu.filter(
    ({ permission, isPrivate }) => may(view.person.role, permission) && (!isPrivate || view.tab === 'dm'),
  );
  const quick = usable.filter(
    ({ args, changes }) => !changes && Object.values(args).every(({ isOptional }) => isOptional === true),
  );
  // What is asked all day comes first.
  const rank = (entry: MenuEntry): number => (entry.name === 'tonight' ? 0 : 1);
  return html`<div class="compose-area">
<form class="quick" method="post" action="/room/messages" aria-label="${say(t.quick)}"><input type="hidden" name="room" value="${view.tab}">${quick
    .toSorted((one, other) => rank(one) - rank(other))
    .slice(0, 6)
    .map(
      (entry) =>
        html`<button class="chip" name="text" value="/${commandWord(entry, view.language)}">${commandWord(entry, view.language)}</button>`,
    )}<a class="chip" href="/import">${say(words.importing)}</a></form>
<ul class="complete" id="complete" role="listbox" aria-label="${say(t.commands)}" hidden>${usable.map((entry) => optionHtml(entry, view.language))}</ul>
<form class="composer" method="post" action="/room/messages"><input type="hidden" name="room" value="${view.tab}"><input type="hidden" name="key" value="${view.key}">
<button class="slash" type="button" aria-label="${say(t.commands)}" aria-controls="complete" hidden>/</button>
<textarea name="text" rows="1" maxlength="2000" required autocomplete="off" enterkeyhint="send" aria-label="${say(t.write)}" aria-autocomplete="list" aria-controls="complete" placeholder="${say(t.write)}"></textarea>
<button class="button primary">${say(words.send)}</button></form>
</div>`;
}

function optionHtml(entry: MenuEntry, language: Language): Html {
  const word = commandWord(entry, language);
  const args = Object.values(entry.args).map(({ kind, isOptional }) => {
    const name = argWords[kind][language];
    return isOptional === true ? `[${name}]` : name;
  });
  return html`<li role="option" id="complete-${entry.name}" data-insert="/${word}" data-words="${[entry.name, ...entry.aliases].join(' ')}" data-args="${args.length}" aria-selected="false"><b>/${word}</b> <span class="usage">${args.join(' ')}</span><span class="help">${entry.help[language]}</span></li>`;
}

export const commandWord = (entry: MenuEntry, language: Language): string =>
  language === 'zh' ? (entry.aliases[0] ?? entry.name) : entry.name;
