// A keyboard of the kiosk's own, for a question that is answered in words; that of the machine does not come up.

const board = document.querySelector("[data-keyboard]");
const accent = board.querySelector("[data-accent]");
const signs = board.querySelector("[data-signs]");
const most = Number(board.dataset.most);
const ACCENTED = { a: "á", e: "é", i: "í", o: "ó", u: "ú" };
let text = null;

const isOn = (key) => key.getAttribute("aria-pressed") === "true";
const set = (key, on) => key.setAttribute("aria-pressed", String(on));

function write(value) {
  text.value = value.slice(0, most);
  text.scrollTop = text.scrollHeight;
  text.dispatchEvent(new Event("input", { bubbles: true }));
}

function type(letter) {
  const drawn = isOn(accent) ? (ACCENTED[letter] ?? letter) : letter;
  const begins = /(^|[.?!]\s*)$/.test(text.value);
  set(accent, false);
  write(text.value + (begins ? drawn.toUpperCase() : drawn));
}

function layer(name) {
  set(signs, name === "signs");
  for (const row of board.querySelectorAll("[data-layer]")) row.hidden = row.dataset.layer !== name;
}

board.addEventListener("click", (event) => {
  const key = event.target.closest("button");
  if (!key) return;
  if (key === accent) set(accent, !isOn(accent));
  else if (key === signs) layer(isOn(signs) ? "letters" : "signs");
  else if ("erase" in key.dataset) write([...text.value].slice(0, -1).join(""));
  else type(key.dataset.type);
});

document.addEventListener("asked", (event) => {
  text = event.detail;
  board.hidden = text === null;
  layer("letters");
  if (text) text.inputMode = "none";
});
