// The live room: new messages as they come, one's own at once, and the place in the list kept.
const main = document.getElementById('main');
const list = document.getElementById('messages');
const scroller = main.querySelector('.scroller');
const jump = main.querySelector('.jump');
const connection = main.querySelector('.connection');
const composer = main.querySelector('.composer');
const area = composer.elements.text;
const room = main.dataset.room;
let after = Number(list.dataset.after);
let unread = 0;

// The scroller runs from its end: 0 is the newest message, upwards is negative.
const isAtEnd = () => scroller.scrollTop > -60;
const toEnd = () => scroller.scrollTo({ top: 0 });

function keepPlace(change) {
  const stay = !isAtEnd();
  const mark = stay ? firstVisible() : undefined;
  const before = mark?.getBoundingClientRect().top ?? 0;
  change();
  if (!mark) return toEnd();
  scroller.scrollTop += mark.getBoundingClientRect().top - before;
}

function firstVisible() {
  const top = scroller.getBoundingClientRect().top;
  return [...list.children].find((each) => each.getBoundingClientRect().bottom > top);
}

function show({ id, html }) {
  after = Math.max(after, id);
  const wasAtEnd = isAtEnd();
  const made = document.createElement('template');
  made.innerHTML = html;
  const item = made.content.firstElementChild;
  const known = document.getElementById(`m${id}`) ?? echoOf(item);
  main.querySelector('.empty')?.remove();
  keepPlace(() => {
    if (known) known.replaceWith(item);
    else list.append(item);
  });
  if (known) return;
  item.classList.add('fresh');
  if (!wasAtEnd && !item.classList.contains('own')) setUnread(unread + 1);
}

/** One's own words often come back before their receipt does. */
function echoOf(item) {
  if (!item.classList.contains('own')) return null;
  const words = item.querySelector('.bubble').textContent;
  return [...list.querySelectorAll('.pending')].find((each) => each.querySelector('.bubble').textContent === words);
}

function setUnread(count) {
  unread = count;
  jump.hidden = count === 0;
  jump.querySelector('.jump-count').textContent = String(count);
}

scroller.addEventListener('scroll', () => isAtEnd() && setUnread(0), { passive: true });
jump.addEventListener('click', () => {
  toEnd();
  setUnread(0);
  area.focus({ preventScroll: true });
});

function connect() {
  const source = new EventSource(`/room/stream?room=${room}&after=${after}`);
  source.addEventListener('message', (event) => show(JSON.parse(event.data)));
  source.addEventListener('open', () => {
    connection.hidden = true;
  });
  source.addEventListener('error', () => {
    connection.hidden = false;
    connection.textContent = main.dataset.lost;
    // A refused stream does not come back by itself.
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, 5000);
  });
}

function echo(text) {
  const item = document.createElement('li');
  item.className = 'message own pending';
  const state = document.createElement('p');
  state.className = 'from';
  state.textContent = main.dataset.sending;
  const bubble = document.createElement('div');
  bubble.className = 'bubble';
  bubble.textContent = text;
  item.append(state, bubble);
  main.querySelector('.empty')?.remove();
  list.append(item);
  toEnd();
  return item;
}

async function say(
  text,
  item = echo(text),
  key = crypto.randomUUID?.() ?? `k${Date.now()}${Math.random().toString(36).slice(2)}`,
) {
  item.classList.remove('failed');
  item.querySelector('.from').textContent = main.dataset.sending;
  try {
    const answer = await fetch('/room/messages', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ text, key, room }),
    });
    const told = await answer.json();
    if (!answer.ok) throw new Error(told.error?.message ?? main.dataset.failed);
    if (document.getElementById(`m${told.id}`)) item.remove();
    else item.id = `m${told.id}`;
    item.classList.remove('pending');
  } catch (error) {
    item.classList.add('failed');
    const again = document.createElement('button');
    again.type = 'button';
    again.textContent = error instanceof TypeError ? main.dataset.failed : error.message;
    again.addEventListener('click', () => void say(text, item, key), { once: true });
    item.querySelector('.from').replaceChildren(again);
  }
}

// Card buttons, chips and the composer are plain forms without this script.
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (form.getAttribute('action') !== '/room/messages') return;
  event.preventDefault();
  const text = event.submitter?.name === 'text' ? event.submitter.value : form.elements.text.value;
  if (text.trim() === '') return;
  if (form === composer) {
    area.value = '';
    area.dispatchEvent(new Event('input'));
  } else if (event.submitter) {
    // A thumb that presses twice means it once.
    const pressed = event.submitter;
    if (pressed.ariaBusy === 'true') return;
    pressed.ariaBusy = 'true';
    setTimeout(() => pressed.removeAttribute('aria-busy'), 1000);
  }
  void say(text.trim());
});

area.addEventListener('keydown', (event) => {
  // While an input method composes, Enter picks a word.
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.defaultPrevented) return;
  event.preventDefault();
  composer.requestSubmit();
});

// An open list of people closes when one taps elsewhere.
document.addEventListener('click', (event) => {
  const who = document.querySelector('.who[open]');
  if (who && !who.contains(event.target)) who.open = false;
});

toEnd();
connect();
