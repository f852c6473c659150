// The line to the office: asks whether it answers, says so when it does not, and leaves a page only when it does.

const root = document.documentElement;
const { alive, home } = root.dataset;
const notice = document.querySelector("[data-down]");
const ASK_EVERY_MS = 4000;
const ANSWER_WITHIN_MS = 4000;
const HEARD_EVERY = 7; // 28 s
const LOCK_MS = 3000;
const TAKE_WITHIN_MS = 10_000;
const KEEP_TRYING_MS = 30_000;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function ask(options = {}) {
  const headers = { Accept: "application/json" };
  return fetch(alive, { headers, signal: AbortSignal.timeout(ANSWER_WITHIN_MS), ...options });
}

function tell(isDown) {
  notice.hidden = !isDown || "goesOn" in root.dataset;
  root.toggleAttribute("data-line-down", isDown);
}

// Whether the office is open, or a tablet asks about another turn, since the page was drawn.
function hasChanged(state) {
  return ["open", "offered"].some((name) => name in root.dataset && String(state[name]) !== root.dataset[name]);
}

// True when the office answers; a kiosk that lost its right or changed its hours goes to its first page.
async function answers(options) {
  try {
    const answer = await ask(options);
    if (answer.status === 401) location.replace(home);
    tell(!answer.ok);
    if (answer.ok && hasChanged(await answer.json())) location.replace(home);
    return answer.ok;
  } catch {
    tell(true);
    return false;
  }
}

async function watch() {
  for (let turn = 0; ; turn += 1) {
    const heard = turn % HEARD_EVERY === 0;
    await answers(heard ? { method: "POST", body: new FormData(document.getElementById("reset")) } : {});
    await pause(ASK_EVERY_MS);
  }
}

// The same key each time: an answer that got lost does not make a second turn.
async function take(form) {
  const until = Date.now() + KEEP_TRYING_MS;
  while (Date.now() < until) {
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        signal: AbortSignal.timeout(TAKE_WITHIN_MS),
      });
      if (answer.status < 500) return answer.ok ? location.replace(answer.url) : form.submit();
    } catch {
      tell(true);
    }
    await pause(1000);
  }
  return location.replace(home);
}

let left = false;

async function leave(go) {
  if (left) return;
  left = true;
  root.toggleAttribute("data-busy", true);
  const locked = pause(LOCK_MS);
  if (await answers()) await go();
  await locked;
  left = false;
  root.toggleAttribute("data-busy", false);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || event.defaultPrevented) return;
  event.preventDefault();
  leave(() => location.assign(link.href));
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  event.preventDefault();
  leave(() => ("take" in form.dataset ? take(form) : form.submit()));
});

watch();
