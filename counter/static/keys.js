// The function keys press the buttons that the page shows; a second press meant for what was there before is not obeyed.

const KEYS = new Set(["F2", "F4", "F7", "F8", "F9"]);
const SETTLES_IN = 400; // ms

const desk = document.getElementById("desk");
const told = document.querySelector("[data-tell]");
let settling;

function settle() {
  desk.dataset.ready = "no";
  clearTimeout(settling);
  settling = setTimeout(() => (desk.dataset.ready = "yes"), SETTLES_IN);
}

function writing(element) {
  return element.matches("select, textarea, input:not([type=radio], [type=checkbox], [type=hidden])");
}

document.addEventListener("keydown", (event) => {
  if (!KEYS.has(event.key) || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (event.repeat || desk.dataset.ready !== "yes" || document.querySelector("dialog[open]") || writing(event.target)) return;
  const key = desk.querySelector(`[aria-keyshortcuts="${event.key}"]`);
  if (key?.disabled) told.textContent = key.closest(".recall").querySelector("p").innerText;
  else key?.click();
});

desk.addEventListener("changed", settle);
settle();

if (document.activeElement === document.body) {
  (desk.querySelector(".finish input[type=radio]") ?? document.getElementById("now"))?.focus({ preventScroll: true });
}
