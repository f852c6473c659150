// What was answered and could not be sent waits in this machine, without a name, until the office takes or refuses it.

const STORE = "opinions";
const FIRST_WAIT_MS = 4000;
const LONGEST_WAIT_MS = 300_000;
const ANSWER_WITHIN_MS = 10_000;
const REFUSED_FOR_GOOD = [403, 404, 409, 410, 413, 422];

const address = document.documentElement.dataset.answers;
const sign = document.querySelector("[data-unsent]");
let sending = false;
let failures = 0;
let timer;

const kept = () => JSON.parse(localStorage.getItem(STORE) ?? "[]");

function keep(answers) {
  if (answers.length) localStorage.setItem(STORE, JSON.stringify(answers));
  else localStorage.removeItem(STORE);
  for (const field of document.querySelectorAll("input[name=unsent]")) field.value = answers.length || "";
}

function tell() {
  const count = failures ? kept().length : 0;
  sign.textContent = count === 1 ? sign.dataset.one : sign.dataset.more.replace("{}", count);
  sign.hidden = count === 0;
}

// True once the office has it, or will never take it: it was answered meanwhile, or nobody asks that any more.
async function settled(answer) {
  const body = new URLSearchParams(answer);
  body.set("csrf_token", document.querySelector("#reset [name=csrf_token]").value);
  try {
    const headers = { Accept: "application/json" };
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const given = await fetch(address, { method: "POST", headers, body, signal });
    return given.ok || REFUSED_FOR_GOOD.includes(given.status);
  } catch {
    return false;
  }
}

async function send() {
  if (sending) return;
  sending = true;
  clearTimeout(timer);
  let failed = false;
  for (const answer of kept()) {
    if (await settled(answer)) keep(kept().filter((other) => other !== answer));
    else failed = true;
  }
  failures = failed ? failures + 1 : 0;
  sending = false;
  tell();
  if (kept().length) timer = setTimeout(send, Math.min(FIRST_WAIT_MS * 2 ** failures, LONGEST_WAIT_MS));
}

document.addEventListener("answered", (event) => {
  keep([...kept(), event.detail]);
  send();
});
addEventListener("online", () => {
  failures = 0;
  send();
});

keep(kept());
if (kept().length) {
  failures = 1;
  tell();
  send();
}
