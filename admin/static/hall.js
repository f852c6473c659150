// The live hall: hears that something changed, brings the picture again, and leaves whoever is working in peace.

const SETTLE = 2_000; // ms between two pictures at least
const LOOK = 15_000; // ms: the picture is fetched this often even if nobody says that it changed
const ALONE = 5_000; // ms: the same, with the socket down

const live = document.getElementById("live");
const state = document.querySelector("[data-live-state]");
const pause = document.querySelector("[data-live-pause]");
const script = document.querySelector("script[data-socket]");
const turnDialog = document.getElementById("turn");

let paused = false;
let connected = false;
let offline = false;
let reached = true;
let pressing = false;
let waiting = null;
let last = performance.now();
let shown = state.querySelector(".numeric").textContent;

function say() {
  const word = offline ? state.dataset.offline : paused ? state.dataset.paused : state.dataset.on;
  const time = document.createElement("span");
  time.className = "numeric";
  time.textContent = shown;
  state.replaceChildren(`${word} `, time);
  state.classList.toggle("live-bar__state--off", offline || paused);
}

function busy() {
  return paused || pressing || document.hidden || document.querySelector("dialog[open]") !== null;
}

function parsed(text) {
  return new DOMParser().parseFromString(text, "text/html");
}

/* Where the focus is, in words that also find the same place in the next picture. */
function placeOf(element) {
  if (element.id) return `#${CSS.escape(element.id)}`;
  if (element.dataset.opens) return `[data-opens="${element.dataset.opens}"]`;
  const form = element.closest("form");
  return form ? `form[action="${form.getAttribute("action")}"] button` : "h2";
}

function draw(page) {
  const place = live.contains(document.activeElement) ? placeOf(document.activeElement) : null;
  const opened = [...live.querySelectorAll("details[open]")].map((details) => details.id);
  live.replaceChildren(...page.body.childNodes);
  opened.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
  if (place) (live.querySelector(place) ?? live.querySelector("h2")).focus({ preventScroll: true });
}

async function look() {
  waiting = null;
  if (busy() && !offline) return soon(SETTLE);
  last = performance.now();
  let answered = false;
  try {
    const answer = await fetch(live.dataset.live, { headers: { Accept: "text/html" } });
    answered = reached = true;
    if (answer.redirected || answer.status === 401 || answer.status === 403) return location.assign(live.dataset.home);
    if (!answer.ok) throw new Error(String(answer.status));
    const text = await answer.text();
    offline = false;
    say();
    if (busy()) return soon(SETTLE);
    const page = parsed(text);
    shown = page.querySelector("[data-at]").dataset.at;
    draw(page);
  } catch {
    offline = true;
    reached = answered;
  }
  say();
  soon(offline || !connected ? ALONE : LOOK);
}

function soon(after) {
  clearTimeout(waiting);
  waiting = setTimeout(look, Math.max(0, after));
}

function changed() {
  soon(Math.max(150, last + SETTLE - performance.now()));
}

// A press that cannot arrive is not sent: the page would be lost for one of the browser that says nothing.
document.addEventListener(
  "submit",
  (event) => {
    if (reached || event.target.method === "dialog") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    soon(0);
  },
  true,
);
window.addEventListener("offline", () => soon(0));
window.addEventListener("online", () => soon(0));

document.addEventListener("pointerdown", () => (pressing = true));
for (const end of ["pointerup", "pointercancel"]) {
  document.addEventListener(end, () => setTimeout(() => (pressing = false), 250));
}
document.addEventListener("visibilitychange", () => document.hidden || changed());
document.querySelectorAll("dialog").forEach((dialog) => dialog.addEventListener("close", changed));

document.querySelector("dialog .field--error")?.closest("dialog").showModal();

pause.hidden = false;
pause.addEventListener("click", () => {
  paused = !paused;
  pause.setAttribute("aria-pressed", String(paused));
  pause.querySelector(".button__label").textContent = paused ? pause.dataset.resume : pause.dataset.pause;
  say();
  if (!paused) changed();
});

/* A turn opens in the dialog of this page; without this, or with another button of the mouse, in its own. */

live.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-turn-of]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  try {
    const answer = await fetch(link.href, { headers: { Accept: "text/html" }, redirect: "error" });
    if (!answer.ok) throw new Error(String(answer.status));
    const part = parsed(await answer.text()).getElementById("turn-part");
    turnDialog.querySelector("[data-turn]").replaceChildren(part);
    turnDialog.showModal();
    turnDialog.querySelector("summary")?.focus();
  } catch {
    window.location.assign(link.href);
  }
});

turnDialog?.addEventListener("toggle", ({ target }) => target.open && target.scrollIntoView({ block: "start" }), true);

try {
  const { io } = await import(script.dataset.socket);
  const socket = io("/desks", { transports: ["websocket"] });
  socket.on("connect", () => {
    connected = true;
    changed();
  });
  socket.on("disconnect", () => {
    connected = false;
    changed();
  });
  socket.on("changed", changed);
} finally {
  say();
  soon(LOOK);
}
