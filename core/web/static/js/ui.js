// What the pages of officials and citizens do better with JavaScript; every one of them works without it.

const UNLOCK_AFTER = 10_000; // ms; the idempotency key of the press guards what comes later
const YEAR = 31_536_000; // s

/* Forms: ask first (data-confirm), send once (data-once). */

const confirmed = new WeakSet();

function ask(form, submitter) {
  const dialog = document.getElementById("confirm");
  const accept = dialog.querySelector("[data-accept]");
  const label = (submitter?.querySelector(".button__label") ?? submitter)?.textContent.trim() ?? "";
  dialog.querySelector("h2").textContent = label;
  dialog.querySelector("[data-question]").textContent = form.dataset.confirm;
  accept.textContent = label;
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

/* The page of an official that answers an act stands where this one stood, with the focus on the same key or near it. */

const STOOD = "stood";
const keepsPlace = "keepsPlace" in document.documentElement.dataset;

function keepPlace(form) {
  sessionStorage.setItem(STOOD, JSON.stringify([location.pathname, scrollY, form.getAttribute("action")]));
}

function takePlace() {
  const [path, y, action] = JSON.parse(sessionStorage.getItem(STOOD) ?? "[]");
  sessionStorage.removeItem(STOOD);
  if (path !== location.pathname || document.querySelector("[data-focus], .field--error")) return;
  scrollTo(0, y);
  const key = document.querySelector(`form[action="${CSS.escape(action)}"] .button:not(:disabled)`);
  const next = key?.checkVisibility() ? key : document.querySelector("[data-after-act]");
  next?.focus({ preventScroll: true });
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.hasAttribute("aria-busy")) return event.preventDefault();
  if (form.dataset.confirm && form.checkValidity() && !confirmed.delete(form)) {
    event.preventDefault();
    return ask(form, event.submitter);
  }
  if ("once" in form.dataset) {
    if (keepsPlace) keepPlace(form);
    lock(form);
  }
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
  const [prefix, secure] = location.protocol === "https:" ? ["__Host-", "; secure"] : ["", ""];
  const life = root[preference] ? YEAR : 0;
  document.cookie = `${prefix}${preference}=${root[preference] ?? ""}; path=/; max-age=${life}; samesite=lax${secure}`;
  showPreference(button);
}

/* Whoever opens a window comes to answer what it asks: the first question has the focus, not the cross. */
function open(dialog) {
  dialog.showModal();
  const first = dialog.querySelector(":is(input, select, textarea):not([type=hidden], :disabled)");
  (dialog.querySelector(`input[name="${first?.name}"]:checked`) ?? first)?.focus();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-opens], [data-dismiss], [data-preference]");
  if (!button) return;
  if (button.dataset.opens) open(document.getElementById(button.dataset.opens));
  else if (button.dataset.preference) togglePreference(button);
  else button.closest(".notice").remove();
});

// After a refusal the address is that of the button: reloading must read the page again, not press it.
const { address } = document.querySelector("[data-address]")?.dataset ?? {};
if (address && address !== location.pathname) history.replaceState(null, "", address);

document.querySelectorAll("[data-preference]").forEach(showPreference);
document.querySelectorAll("[data-dismiss], [data-preference]").forEach((button) => (button.hidden = false));
document.querySelector("[data-focus]")?.focus();
if (keepsPlace) takePlace();

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
