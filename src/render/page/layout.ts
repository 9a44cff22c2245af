import { type Person, roleNames } from '../../domain/actor.ts';
import type { Language } from '../../domain/text.ts';
import { type Html, html } from './html.ts';
import { sayIn, words } from './words.ts';

/** The URL of an asset, with its hash. */
export type AssetUrl = (name: string) => string;

export interface Frame {
  readonly language: Language;
  readonly world: 'sandbox' | 'real';
  readonly asset: AssetUrl;
  readonly person: Person | undefined;
  /** Everybody one may be, in the sandbox. */
  readonly people: readonly Person[];
  /** The page's own path and query, to come back to. */
  readonly here: string;
}

export interface Page {
  readonly title: string;
  readonly name: 'room' | 'board' | 'order' | 'import' | 'doctor' | 'login' | 'problem';
  readonly body: Html;
  readonly scripts: readonly string[];
  /** Seconds after which a browser without scripts loads again. */
  readonly reload?: number;
}

export function pageHtml(frame: Frame, page: Page): string {
  const say = sayIn(frame.language);
  return html`<!doctype html>
<html lang="${frame.language === 'zh' ? 'zh-CN' : 'en'}">
<head>
<meta charset="utf-8">
<title>${page.title} · ${say(words.product)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content">
<meta name="format-detection" content="telephone=no, address=no, email=no, date=no">
<meta name="color-scheme" content="light dark">
<meta name="theme-color" media="(prefers-color-scheme: light)" content="#ffffff">
<meta name="theme-color" media="(prefers-color-scheme: dark)" content="#15181c">
<meta name="robots" content="noindex">
<link rel="icon" href="${frame.asset('icon.svg')}" type="image/svg+xml">
<link rel="stylesheet" href="${frame.asset('page.css')}">
<link rel="stylesheet" href="${frame.asset('parts.css')}">
${page.scripts.map((name) => html`<script type="module" src="${frame.asset(name)}"></script>`)}
${page.reload !== undefined && html`<noscript><meta http-equiv="refresh" content="${page.reload}"></noscript>`}
</head>
<body class="page-${page.name}">
<a class="skip" href="#main">${say(words.skip)}</a>
${topHtml(frame, page)}
${page.body}
</body>
</html>
`.toString();
}

function topHtml(frame: Frame, page: Page): Html {
  const say = sayIn(frame.language);
  const other = frame.language === 'zh' ? 'en' : 'zh';
  const tab = (name: Page['name'], path: string, label: string): Html =>
    html`<a href="${path}"${page.name === name && html` aria-current="page"`}>${label}</a>`;
  return html`<header class="top">
<nav aria-label="${say(words.product)}">${tab('room', '/room', say(words.room))}${tab('board', '/', say(words.board))}${tab('import', '/import', say(words.importing))}${tab('doctor', '/doctor', say(words.checkUp))}</nav>
<div class="top-right">${frame.world === 'sandbox' && html`<span class="world">${say(words.sandbox)}</span>`}${whoHtml(frame)}<a class="language" href="${withLanguage(frame.here, other)}" lang="${other === 'zh' ? 'zh-CN' : 'en'}" hreflang="${other}">${say(words.otherLanguage)}</a></div>
</header>`;
}

function whoHtml(frame: Frame): Html {
  const say = sayIn(frame.language);
  const { person } = frame;
  if (person === undefined && frame.world === 'real') {
    return html`<a class="who-login" href="/login">${say(words.login)}</a>`;
  }
  const role = person === undefined ? '' : say(roleNames[person.role]);
  return html`<details class="who"><summary><b>${person?.name ?? say(words.whoAreYou)}</b> <span class="role">${role}</span></summary>
<div class="who-menu">${frame.world === 'sandbox' ? asHtml(frame) : html`<form method="post" action="/logout"><button class="button plain">${say(words.logout)}</button></form>`}</div></details>`;
}

/** In a made-up company one may be anybody: a second person is needed to try what needs two. */
function asHtml(frame: Frame): Html {
  const say = sayIn(frame.language);
  return html`<form method="post" action="/room/as"><p>${say(words.whoAreYou)}</p><input type="hidden" name="next" value="${frame.here}">${frame.people.map(
    ({ id, name, role }) =>
      html`<button class="button plain" name="person" value="${id}"${id === frame.person?.id && html` aria-pressed="true"`}><b>${name}</b> <span class="role">${say(roleNames[role])}</span></button>`,
  )}</form>`;
}

function withLanguage(here: string, language: Language): string {
  const [path = '/', query = ''] = here.split('?');
  const params = new URLSearchParams(query);
  params.set('lang', language);
  return `${path}?${params.toString()}`;
}
