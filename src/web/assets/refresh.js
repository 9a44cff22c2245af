// Reads the page's main part again every few seconds and says so when that fails.
const main = document.getElementById('main');
const everyMs = Number(main.dataset.refresh) * 1000;
const staleMs = 60_000;
let readAt = performance.now();

async function refresh() {
  if (document.hidden || hasSelection() || document.activeElement?.closest('form')) return;
  const answer = await fetch(location.href, { headers: { 'x-part': 'main' }, redirect: 'error' });
  if (!answer.ok) return;
  const open = new Map([...main.querySelectorAll('details[data-keep]')].map((each) => [each.dataset.keep, each.open]));
  const focused = document.activeElement?.getAttribute('href');
  const wasInside = main.contains(document.activeElement);
  const scrolled = window.scrollY;
  main.innerHTML = await answer.text();
  for (const each of main.querySelectorAll('details[data-keep]')) {
    each.open = open.get(each.dataset.keep) ?? each.open;
  }
  if (wasInside && focused) main.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  window.scrollTo(0, scrolled);
  readAt = performance.now();
}

const hasSelection = () => String(getSelection()) !== '';

function showAge() {
  const age = performance.now() - readAt;
  const place = main.querySelector('.ago');
  if (place) place.textContent = `· ${Math.floor(age / 1000)} ${main.dataset.ago}`;
  const stopped = main.querySelector('.stopped');
  if (!stopped) return;
  const isStale = age > staleMs;
  if (stopped.hidden === isStale) {
    stopped.hidden = !isStale;
    stopped.textContent = isStale ? main.dataset.stopped : '';
  }
}

setInterval(() => refresh().catch(() => undefined), everyMs);
setInterval(showAge, 1000);
document.addEventListener('visibilitychange', () => {
  if (!document.hidden && performance.now() - readAt > everyMs) refresh().catch(() => undefined);
});
showAge();
