// One question at a time: where the answers lead, what is missing, and nothing of them left when their person is gone.

import { path } from "./path.js";

const root = document.documentElement;
const PREFIX = "q.";
const THANKS_MS = 8000;
const TRY_TO_LEAVE_MS = 1000;

const form = document.querySelector("[data-opinion]");
const thanks = document.querySelector("[data-thanks]");
const intro = document.querySelector("[data-intro]");
const progress = document.querySelector("[data-progress]");
const bar = document.querySelector("[data-bar]");
const keys = document.querySelector(".opinion__keys");
const back = keys.querySelector("[data-back]");
const next = keys.querySelector("[data-next] [data-words]");
const listen = keys.querySelector("[data-listen]");
const send = next.textContent;

const questions = [...form.querySelectorAll("[data-key]")].map((section) => ({
  section,
  key: section.dataset.key,
  fields: section.dataset.fields.split(" "),
  jumps: JSON.parse(section.dataset.jumps),
  rows: [...section.querySelectorAll(".survey__row")],
}));

// A row of a matrix is a page of its own.
const pages = questions.flatMap((question) =>
  question.fields.map((field, place) => ({ question, field, row: question.rows[place] })),
);
let here = pages[0];

function sent() {
  const given = {};
  for (const [name, value] of new FormData(form)) {
    if (name.startsWith(PREFIX) && value.trim()) (given[name.slice(PREFIX.length)] ??= []).push(value);
  }
  return given;
}

function way() {
  const keysOnTheWay = path(questions, sent());
  return pages.filter((page) => keysOnTheWay.includes(page.question.key));
}

function tell() {
  const pagesNow = way();
  const place = pagesNow.indexOf(here);
  progress.textContent = progress.dataset.words.replace("{number}", place + 1).replace("{last}", pagesNow.length);
  bar.max = pagesNow.length;
  bar.value = place + 1;
  back.hidden = place === 0;
  next.textContent = place === pagesNow.length - 1 ? send : next.dataset.words;
  intro.hidden = place > 0;
}

function show(page) {
  here = page;
  for (const { section, rows } of questions) {
    section.toggleAttribute("data-now", section === page.question.section);
    for (const row of rows) row.hidden = row !== page.row;
  }
  listen.dataset.listen = page.question.section.dataset.speech;
  complain("");
  tell();
  document.querySelector("main").scrollTop = 0;
  document.dispatchEvent(new CustomEvent("asked", { detail: page.question.section.querySelector("textarea") }));
}

function complain(words) {
  here.question.section.querySelector("[data-missing]").textContent = words;
}

function finish() {
  const answer = new URLSearchParams();
  const fields = new Set(way().map((page) => page.field));
  for (const [name, value] of new FormData(form)) {
    const ofAQuestion = name.startsWith(PREFIX);
    if (ofAQuestion ? fields.has(name.slice(PREFIX.length)) && value.trim() : name !== "csrf_token") {
      answer.append(name, value);
    }
  }
  wipe();
  thanks.hidden = false;
  document.dispatchEvent(new CustomEvent("answered", { detail: answer.toString() }));
  setTimeout(leave, THANKS_MS);
}

// Nothing that was answered stays on the page, neither to be seen nor for who presses «back».
function wipe() {
  form.remove();
  keys.remove();
  for (const told of [intro, progress, bar]) told.hidden = true;
}

// To the first page, as soon as there is a line to it; until then the page says that there is none.
function leave() {
  delete root.dataset.goesOn;
  thanks.hidden = true;
  setInterval(() => {
    if (!("lineDown" in root.dataset)) document.getElementById("reset").requestSubmit();
  }, TRY_TO_LEAVE_MS);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  event.stopPropagation();
  const missing = here.question.section.querySelector("[data-missing]");
  if ("required" in here.question.section.dataset && !(here.field in sent())) return complain(missing.dataset.words);
  const pagesNow = way();
  const following = pagesNow[pagesNow.indexOf(here) + 1];
  return following ? show(following) : finish();
});

back.addEventListener("click", () => {
  const pagesNow = way();
  show(pagesNow[pagesNow.indexOf(here) - 1]);
});

form.addEventListener("input", () => {
  complain("");
  tell();
});

// «Salir», and nobody there any more.
document.addEventListener(
  "submit",
  (event) => {
    if (event.target.id !== "reset" || !form.isConnected) return;
    wipe();
    leave();
  },
  { capture: true },
);
addEventListener("pagehide", wipe);
addEventListener("pageshow", (event) => {
  if (event.persisted) location.replace(root.dataset.home);
});

form.reset();
for (const told of [progress, bar]) told.hidden = false;
show(here);
