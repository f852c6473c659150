// Keeps the desk as the server has it: asks for the live part when something changes, and takes only what differs.

const AFTER_A_CHANGE = 300; // ms
const EVERY = 15_000; // ms
const EVERY_IN_SILENCE = 5_000; // ms
const PATIENCE = 10_000; // ms

const desk = document.getElementById("desk");
const { home, live, socket } = desk.dataset;
const silence = document.querySelector("[data-silence]");
const deaf = document.querySelector("[data-deaf]");
let asking = false;
let again = false;
let heard = true; // the last answer was good
let reached = true; // there was an answer at all
let waiting;

/* A part without what passes by itself or differs in every drawing: keys of presses, clocks, what the hand opened. */
const PASSING = ["data-now", "data-fresh", "data-late", "datetime", "open", "hidden", "disabled", "aria-busy", "aria-disabled", "aria-expanded", "style"];

function lasting(part) {
  const copy = part.cloneNode(true);
  copy.querySelectorAll("input[name=press], input[name=csrf_token]").forEach((input) => input.removeAttribute("value"));
  copy.querySelectorAll("time, [data-seconds]").forEach((element) => element.replaceChildren());
  for (const element of copy.querySelectorAll("*")) PASSING.forEach((name) => element.removeAttribute(name));
  return copy.outerHTML;
}

/* Where the focus is, in words that also name the same place in the part that replaces this one. */
function placeOf(element) {
  if (element.id) return `#${CSS.escape(element.id)}`;
  if (element.matches("summary")) return `#${CSS.escape(element.parentElement.id)} > summary`;
  if (element.dataset.opens) {
    const turn = element.dataset.turn ? `[data-turn="${element.dataset.turn}"]` : "";
    return `[data-opens="${element.dataset.opens}"]${turn}`;
  }
  const form = element.closest("form");
  if (!form) return null;
  const turn = form.elements.turn?.value;
  const which = turn ? `:has(input[name="turn"][value="${turn}"])` : "";
  return `form[action="${form.getAttribute("action")}"]${which} button${element.value ? `[value="${element.value}"]` : ""}`;
}

function keepChoices(old, fresh) {
  for (const details of old.querySelectorAll("details[open]")) {
    fresh.querySelector(`#${CSS.escape(details.id)}`)?.setAttribute("open", "");
  }
  for (const watch of old.querySelectorAll("time[data-since]")) {
    const twin = fresh.querySelector(`time[data-since="${watch.dataset.since}"]`);
    if (twin) twin.textContent = watch.textContent;
  }
  if (!isTheSame(old, fresh)) return;
  for (const control of old.querySelectorAll(":is(input, select)[id]")) {
    const twin = fresh.querySelector(`#${CSS.escape(control.id)}`);
    if (!twin) continue;
    if (control.matches("[type=radio], [type=checkbox]")) twin.checked = control.checked;
    else twin.value = control.value;
  }
}

function isTheSame(old, fresh) {
  return old.dataset.turn === fresh.dataset.turn && old.dataset.state === fresh.dataset.state;
}

function replace(old, fresh) {
  const focused = old.contains(document.activeElement) ? placeOf(document.activeElement) : null;
  keepChoices(old, fresh);
  old.replaceWith(fresh);
  if (focused) (fresh.querySelector(focused) ?? fresh).focus({ preventScroll: true });
  if (old.id === "queue") document.querySelector("[data-passes]")?.remove();
  if (!isTheSame(old, fresh)) desk.dispatchEvent(new Event("changed"));
}

function isAnotherPage(parts) {
  const mine = document.getElementById("now")?.dataset.window;
  return parts.some((part) => !document.getElementById(part.id) || (part.id === "now" && part.dataset.window !== mine));
}

function take(page) {
  if (document.querySelector("form[aria-busy]")) return; // a press is on its way: the page that answers it is newer
  const parts = [...page.querySelectorAll("[data-part]")];
  if (isAnotherPage(parts)) return location.assign(home);
  for (const part of parts) {
    const old = document.getElementById(part.id);
    const beingMended = old.querySelector(".field--error") && isTheSame(old, part);
    if (!beingMended && lasting(old) !== lasting(part)) replace(old, document.adoptNode(part));
  }
  desk.dispatchEvent(new Event("drawn"));
}

async function refresh() {
  if (asking) {
    again = true;
    return;
  }
  asking = true;
  let answered = false;
  try {
    const answer = await fetch(live, { headers: { Accept: "text/html" }, signal: AbortSignal.timeout(PATIENCE) });
    answered = true;
    if (answer.redirected || answer.status === 401 || answer.status === 403) return location.assign(home);
    if (!answer.ok) throw new Error(String(answer.status));
    take(new DOMParser().parseFromString(await answer.text(), "text/html"));
    heard = true;
  } catch {
    heard = false;
  } finally {
    reached = answered;
    deaf.togglePopover(!heard);
    asking = false;
    if (again) soon();
    again = false;
  }
}

function soon() {
  clearTimeout(waiting);
  waiting = setTimeout(refresh, AFTER_A_CHANGE);
}

function keepAsking(connected) {
  setTimeout(
    () => {
      refresh().then(() => (silence.hidden = connected() || !heard));
      keepAsking(connected);
    },
    connected() ? EVERY : EVERY_IN_SILENCE,
  );
}

async function listen() {
  const { io } = await import(socket);
  const wire = io("/desks", { transports: ["websocket"] });
  const tryAgain = () => wire.active || setTimeout(() => wire.connect(), EVERY_IN_SILENCE);
  wire.on("connect", () => {
    silence.hidden = true;
    soon();
  });
  wire.on("changed", soon);
  wire.on("disconnect", () => {
    soon();
    tryAgain();
  });
  wire.on("connect_error", tryAgain);
  return () => wire.connected;
}

// A press that cannot arrive is not sent: the page would be lost for one of the browser that says nothing.
document.addEventListener(
  "submit",
  (event) => {
    if (reached || event.target.method === "dialog") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    deaf.hidePopover();
    deaf.showPopover();
    refresh();
  },
  true,
);
window.addEventListener("offline", refresh);
window.addEventListener("online", refresh);

keepAsking(await listen());
