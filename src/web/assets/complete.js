// Commands as one types: `/` or the first letters of a name, by keyboard or by touch.
const composer = document.querySelector('.composer');
const area = composer.elements.text;
const box = document.getElementById('complete');
const slash = composer.querySelector('.slash');
const options = [...box.children];
let current = -1;

const shown = () => options.filter((option) => !option.hidden);
const wordsOf = (option) => option.dataset.words.split(' ');

function update() {
  const text = area.value;
  const typed = text.replace(/^\//, '').toLowerCase();
  const isOne = text !== '' && !/\s/.test(text);
  for (const option of options) {
    const fits = wordsOf(option).some((word) => word.toLowerCase().startsWith(typed));
    option.hidden = !(isOne && fits);
  }
  setOpen(shown().length > 0, text.startsWith('/') ? 0 : -1);
}

function setOpen(isOpen, first) {
  box.hidden = !isOpen;
  mark(isOpen ? first : -1);
}

function mark(index) {
  current = index;
  const visible = shown();
  for (const option of options) option.setAttribute('aria-selected', String(option === visible[index]));
  if (index < 0) return area.removeAttribute('aria-activedescendant');
  area.setAttribute('aria-activedescendant', visible[index].id);
  visible[index].scrollIntoView({ block: 'nearest' });
}

function take(option) {
  const hasArgs = option.dataset.args !== '0';
  area.value = option.dataset.insert + (hasArgs ? ' ' : '');
  setOpen(false, -1);
  area.focus();
}

area.addEventListener('input', update);

area.addEventListener(
  'keydown',
  (event) => {
    if (box.hidden || event.isComposing) return;
    const visible = shown();
    const chosen = visible[current];
    if (event.key === 'ArrowDown') mark((current + 1) % visible.length);
    else if (event.key === 'ArrowUp') mark((current - 1 + visible.length) % visible.length);
    else if (event.key === 'Escape') setOpen(false, -1);
    else if (event.key === 'Tab' && !event.shiftKey) take(chosen ?? visible[0]);
    else if (event.key === 'Enter' && !event.shiftKey && chosen && !isWhole(chosen)) take(chosen);
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  },
  true,
);

const isWhole = (option) => wordsOf(option).includes(area.value.replace(/^\//, ''));

// Keeps the keyboard of a phone where it is.
box.addEventListener('mousedown', (event) => event.preventDefault());
box.addEventListener('click', (event) => {
  const option = event.target.closest('[role=option]');
  if (option) take(option);
});
area.addEventListener('blur', () => setTimeout(() => document.activeElement === slash || setOpen(false, -1), 150));

slash.hidden = false;
slash.addEventListener('click', () => {
  if (!box.hidden) return setOpen(false, -1);
  if (area.value === '') area.value = '/';
  area.focus();
  update();
});
