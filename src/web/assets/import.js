// Sends the file with a bar that moves, and tells when it was last written; without scripts the form does it alone.
const form = document.querySelector('form.drop');
const file = form?.querySelector('input[type=file]');
const told = form?.querySelector('.sending');

form?.addEventListener('submit', (event) => {
  const [chosen] = file.files;
  if (!chosen) return;
  event.preventDefault();
  form.elements.modifiedAt.value = String(chosen.lastModified || '');
  const body = new FormData(form);
  const request = new XMLHttpRequest();
  const bar = document.createElement('progress');
  const button = form.querySelector('button');
  const fail = (words) => {
    button.disabled = false;
    told.textContent = words;
  };
  request.upload.addEventListener('progress', ({ loaded, total }) => {
    bar.max = total;
    bar.value = loaded;
  });
  request.addEventListener('load', () => {
    let answer = {};
    try {
      answer = JSON.parse(request.responseText);
    } catch {}
    if (request.status === 202) location.assign(answer.path);
    else fail(answer.error?.message ?? form.dataset.lost);
  });
  request.addEventListener('error', () => fail(form.dataset.lost));
  request.open('POST', form.action);
  request.setRequestHeader('accept', 'application/json');
  button.disabled = true;
  told.replaceChildren(`${form.dataset.sending} `, bar);
  request.send(body);
});

// A file dropped anywhere on the page is the file.
document.addEventListener('dragover', (event) => event.preventDefault());
document.addEventListener('drop', (event) => {
  event.preventDefault();
  if (!file || event.dataTransfer.files.length === 0) return;
  file.files = event.dataTransfer.files;
  form.requestSubmit();
});

// While it is being read and stored, the page shows how far that is.
const main = document.querySelector('main[data-poll]');
async function poll() {
  if (!main || main.querySelector('[data-over]')) return;
  const answer = await fetch(location.href, { headers: { 'x-part': 'main' }, redirect: 'error' });
  if (answer.ok) main.innerHTML = await answer.text();
}
if (main) setInterval(() => poll().catch(() => undefined), 1000);
