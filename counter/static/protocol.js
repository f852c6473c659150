// The protocol beside the work: F1 brings it and takes it away; it stays open from one page of the desk to the next.

const PATIENCE = 10_000; // ms
const KEPT = "protocol";

const desk = document.getElementById("desk");
const panel = document.getElementById("protocol");
const told = document.querySelector("[data-tell]");
let cameFrom = null;
let drawn = "";
let asking = 0; // an answer to what was asked before the last question, or before it was closed, comes too late

const opener = () => document.getElementById("protocol-opener");
const isOpen = () => panel && !panel.hidden;
const finishing = () => Boolean(desk.querySelector(".finish input[name=result]:checked"));

/* What the panel is about: another turn, or another step of it, asks for it again. */
function about() {
  const { turn, state } = document.getElementById("now").dataset;
  return `${turn} ${state} ${finishing()}`;
}

function kept() {
  return JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
}

function keep(code = "") {
  sessionStorage.setItem(KEPT, JSON.stringify({ code, turn: document.getElementById("now").dataset.turn }));
}

function sayWhetherItIsOpen() {
  opener()?.setAttribute("aria-expanded", String(isOpen()));
}

async function bring(code = "") {
  const mine = ++asking;
  const asked = new URL(panel.dataset.protocolFrom, location.href);
  if (code) asked.searchParams.set("code", code);
  if (finishing()) asked.searchParams.set("finishing", "");
  const now = about();
  try {
    const answer = await fetch(asked, { headers: { Accept: "text/html" }, signal: AbortSignal.timeout(PATIENCE) });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (mine !== asking) return;
    const inside = panel.contains(document.activeElement);
    panel.replaceChildren(...[...page.body.childNodes].map((node) => document.adoptNode(node)));
    drawn = now;
    panel.hidden = false;
    if (inside) document.getElementById("protocol-title").focus();
  } catch {
    told.textContent = panel.dataset.silent;
  }
  sayWhetherItIsOpen();
}

async function open() {
  cameFrom = document.activeElement;
  keep();
  await bring();
  document.getElementById("protocol-title")?.focus();
}

function close() {
  const focused = panel.contains(document.activeElement) || document.activeElement === document.body;
  asking += 1;
  panel.hidden = true;
  sessionStorage.removeItem(KEPT);
  sayWhetherItIsOpen();
  if (!focused) return;
  const back = cameFrom?.isConnected && cameFrom !== document.body ? cameFrom : opener();
  back?.focus();
}

async function choose(button) {
  const { protocol } = button.dataset;
  keep(protocol);
  await bring(protocol);
  panel.querySelector(`[data-protocol="${CSS.escape(protocol)}"]`)?.focus();
}

/* The same protocol while the turn is the same; for another turn, the one that fits it. */
function follow() {
  sayWhetherItIsOpen();
  if (!isOpen() || drawn === about()) return;
  const { code, turn } = kept() ?? {};
  const same = turn === document.getElementById("now").dataset.turn;
  if (!same) keep();
  bring(same ? code : "");
}

if (panel) {
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.key === "F1") event.preventDefault();
    if (event.repeat || document.querySelector("dialog[open]")) return;
    if (event.key === "F1") isOpen() ? close() : open();
    else if (event.key === "Escape" && isOpen()) close();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("#protocol-opener")) isOpen() ? close() : open();
    else if (event.target.closest("[data-protocol-closes]")) close();
    else if (event.target.closest("[data-protocol]")) choose(event.target.closest("[data-protocol]"));
  });
  document.addEventListener("change", follow);
  desk.addEventListener("drawn", follow);
  const { code, turn } = kept() ?? {};
  if (turn !== undefined) {
    const same = turn === document.getElementById("now").dataset.turn;
    if (!same) keep();
    bring(same ? code : "");
  }
}
