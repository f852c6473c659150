// The windows over the page: which turn they are about, where a service is attended, and what is to be mended.

const desk = document.getElementById("desk");

function about(dialog, { turn, code, group }) {
  dialog.querySelector("input[name=turn]").value = turn;
  dialog.querySelector("[data-code]").textContent = code;
  const present = dialog.querySelector(`input[name=group][value="${CSS.escape(group)}"]`);
  if (present) present.checked = true;
}

function showPlace(select) {
  const places = JSON.parse(document.getElementById("places").textContent);
  document.getElementById(select.dataset.places).textContent = places[select.value] ?? "";
}

// Before ui.js opens the dialog.
document.addEventListener(
  "click",
  (event) => {
    const opener = event.target.closest("[data-opens][data-turn]");
    if (!opener) return;
    const dialog = document.getElementById(opener.dataset.opens);
    dialog.querySelector("form:not([method=dialog])").reset();
    about(dialog, opener.dataset);
  },
  true,
);

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-closes]")) event.target.closest("dialog").close();
});

document.addEventListener("change", (event) => {
  if (event.target.matches("select[data-places]")) showPlace(event.target);
});

desk.addEventListener("drawn", () => document.querySelectorAll("dialog[open] select[data-places]").forEach(showPlace));

const toMend = document.getElementById(desk.dataset.mend ?? "");
if (toMend?.matches("dialog")) {
  const turn = toMend.querySelector("input[name=turn]")?.value;
  const opener = document.querySelector(`[data-code][data-turn="${CSS.escape(turn ?? "")}"]`);
  if (opener) toMend.querySelector("[data-code]").textContent = opener.dataset.code;
  toMend.showModal();
}
toMend?.querySelector(".field--error :is(select, input:not([type=hidden]))")?.focus();
