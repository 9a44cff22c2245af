import type { Language, Text } from '../../domain/text.ts';
import { type Html, html } from '../../render/page/html.ts';
import { markHtml } from '../../render/page/marks.ts';
import { sayIn, words } from '../../render/page/words.ts';

const t = {
  how: {
    zh: '在私聊里对机器人说「登录」，它会回你一个 8 位登录码，5 分钟内有效，只能用一次。',
    en: 'Say /login to the bot in a private chat. It answers with a code of 8 characters, good once, for 5 minutes.',
  },
  first: {
    zh: '第一次：看启动窗口里的登录码，或请管理员运行 npx warroom login 你的id',
    en: 'The first time: use the code in the window the bot was started in, or ask an administrator to run npx warroom login YOUR-ID',
  },
  code: { zh: '登录码', en: 'Login code' },
  back: { zh: '回到群聊', en: 'Back to the room' },
  reference: { zh: '编号', en: 'Reference' },
} satisfies Record<string, Text>;

export function loginHtml(language: Language, next: string, problem: string | undefined): Html {
  const say = sayIn(language);
  return html`<main id="main" class="narrow"><h1>${say(words.login)}</h1><p>${say(t.how)}</p><p class="muted">${say(t.first)}</p>
<form class="login" method="post" action="/login"><input type="hidden" name="next" value="${next}">
<label for="code">${say(t.code)}</label>
<input id="code" name="code" required autocomplete="one-time-code" autocapitalize="characters" spellcheck="false" maxlength="20"${problem !== undefined && html` aria-describedby="problem" aria-invalid="true"`}>
${problem !== undefined && html`<p class="problem" id="problem" role="alert">${markHtml('critical')} ${problem}</p>`}
<button class="button primary">${say(words.login)}</button></form></main>`;
}

export function problemHtml(language: Language, sentence: string, reference: string | undefined): Html {
  const say = sayIn(language);
  return html`<main id="main" class="narrow"><h1 class="problem">${markHtml('refused')} ${sentence}</h1>
${reference !== undefined && html`<p class="muted">${say(t.reference)} <code>${reference}</code></p>`}
<p class="ways"><a class="button" href="/room">${say(t.back)}</a> <a class="button" href="/login">${say(words.login)}</a></p></main>`;
}
