// What the pages of officials and citizens do better with JavaScript; every one of them works without it.

const UNLOCK_AFTER = 10_000; // ms; the idempotency key of the press guards what comes later
const YEAR = 31_536_000; // s

/* Forms: ask first (data-confirm), send once (data-once). */

const confirmed = new WeakSet();

function ask(form, submitter) {
  const dialog = document.getElementById("confirm");
  const accept = dialog.querySelector("[data-accept]");
  const label = submitter?.querySelector(".button__label") ?? submitter;
  dialog.querySelector("[data-question]").textContent = form.dataset.confirm;
  accept.textContent = label?.textContent.trim() ?? "";
  accept.className = submitter?.classList.contains("button--danger") ? "button button--danger" : "button button--primary";
  dialog.returnValue = "";
  dialog.addEventListener(
    "close",
    () => {
      if (dialog.returnValue !== "yes") return;
      confirmed.add(form);
      form.requestSubmit(submitter);
    },
    { once: true },
  );
  dialog.showModal();
}

function unlock(form) {
  form.removeAttribute("aria-busy");
  form.querySelectorAll(".button").forEach((button) => button.removeAttribute("aria-disabled"));
}

function lock(form) {
  form.setAttribute("aria-busy", "true");
  form.querySelectorAll(".button").forEach((button) => button.setAttribute("aria-disabled", "true"));
  setTimeout(unlock, UNLOCK_AFTER, form);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.hasAttribute("aria-busy")) return event.preventDefault();
  if (form.dataset.confirm && !confirmed.delete(form)) {
    event.preventDefault();
    return ask(form, event.submitter);
  }
  if ("once" in form.dataset) lock(form);
});

window.addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[aria-busy]").forEach(unlock);
});

/* Clicks: open a dialog (data-opens), close a notice (data-dismiss), keep a preference (data-preference). */

function showPreference(button) {
  const { preference, value } = button.dataset;
  button.setAttribute("aria-pressed", String(document.documentElement.dataset[preference] === value));
}

function togglePreference(button) {
  const { preference, value } = button.dataset;
  const root = document.documentElement.dataset;
  if (root[preference] === value) delete root[preference];
  else root[preference] = value;
  document.cookie = `${preference}=${root[preference] ?? ""}; path=/; max-age=${root[preference] ? YEAR : 0}; samesite=lax`;
  showPreference(button);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-opens], [data-dismiss], [data-preference]");
  if (!button) return;
  if (button.dataset.opens) document.getElementById(button.dataset.opens).showModal();
  else if (button.dataset.preference) togglePreference(button);
  else button.closest(".notice").remove();
});

document.querySelectorAll("[data-preference]").forEach(showPreference);
document.querySelectorAll("[data-dismiss], [data-preference]").forEach((button) => (button.hidden = false));
document.querySelector("[data-focus]")?.focus();

/* Stopwatches: <time data-since data-now data-target>, by the server's clock as it was when the page was drawn. */

const drift = new WeakMap();

function spell(seconds) {
  const two = (n) => String(n).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

function tick() {
  for (const watch of document.querySelectorAll("time[data-since]")) {
    const { since, now, target } = watch.dataset;
    if (!drift.has(watch)) drift.set(watch, now ? Number(now) - Date.now() : 0);
    const seconds = Math.max(0, Math.floor((Date.now() + drift.get(watch) - Number(since)) / 1000));
    watch.textContent = spell(seconds);
    watch.dateTime = `PT${seconds}S`;
    watch.toggleAttribute("data-late", Boolean(target) && seconds >= Number(target));
  }
}

tick();
setInterval(tick, 1000);
