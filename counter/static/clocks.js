// What changes at the desk only because time passes, by the server's clock as it was when each thing was drawn.

const drift = new WeakMap();
let told;

function clock(element) {
  if (!drift.has(element)) drift.set(element, Number(element.dataset.now) - Date.now());
  return Date.now() + drift.get(element);
}

function ageUndo(undo) {
  const now = clock(undo);
  undo.hidden = now >= Number(undo.dataset.until);
  undo.toggleAttribute("data-fresh", now < Number(undo.dataset.freshUntil));
}

function ageRecall(recall) {
  const pause = recall.querySelector("[data-pause]");
  if (!pause) return;
  const left = Math.ceil((Number(recall.dataset.readyAt) - clock(recall)) / 1000);
  recall.querySelector("button").disabled = left > 0;
  pause.hidden = left <= 0;
  pause.querySelector("[data-seconds]").textContent = String(left);
}

function tellIfLate() {
  const now = document.getElementById("now");
  if (!now?.dataset.turn || now.dataset.turn === told || !now.querySelector("time[data-late]")) return;
  told = now.dataset.turn;
  document.querySelector("[data-tell]").textContent = now.dataset.late;
}

function tick() {
  document.querySelectorAll(".undo").forEach(ageUndo);
  document.querySelectorAll(".recall").forEach(ageRecall);
  tellIfLate();
}

tick();
setInterval(tick, 250);
document.getElementById("desk").addEventListener("drawn", tick);
