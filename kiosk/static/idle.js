// Nobody is here any more: warns, waits for one touch, and leaves nothing for the next person.

const root = document.documentElement;
const dialog = document.getElementById("still-there");
const notice = document.querySelector("[data-down]");
const countdown = document.querySelector("[data-countdown]");
const LONGER_S = 30;
const idle = Number(root.dataset.idle) * 1000;
const warning = Number(root.dataset.warning) * 1000;

let since = performance.now();
let closes = root.dataset.close ? since + Number(root.dataset.close) * 1000 : Infinity;
let listened = false;
let over = false;

function touched() {
  since = performance.now();
  if (closes < Infinity) closes = Math.max(closes, since + LONGER_S * 1000);
  if (dialog.open) dialog.close();
}

function finish() {
  over = true;
  document.getElementById("reset").requestSubmit();
  setTimeout(() => (over = false), 5000);
}

function seconds(where, ms) {
  where.querySelector("[data-seconds]").textContent = Math.max(0, Math.ceil(ms / 1000));
}

function look() {
  if (over) return;
  if (!notice.hidden) return touched(); // nobody can touch what the notice covers
  const now = performance.now();
  if ("speaking" in root.dataset) {
    listened = true;
    since = now;
    if (closes < Infinity) closes = Math.max(closes, now + LONGER_S * 1000);
  }
  if (countdown) {
    countdown.hidden = false;
    seconds(countdown, closes - now);
  }
  if (now >= closes) return finish();
  if (!idle) return;
  const warnAt = since + idle * (listened ? 2 : 1);
  if (now >= warnAt + warning) return finish();
  if (now >= warnAt) {
    seconds(dialog, warnAt + warning - now);
    if (!dialog.open) dialog.showModal();
  }
}

for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, touched, { capture: true });
dialog.addEventListener("cancel", touched);
setInterval(look, 250);
look();
