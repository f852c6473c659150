// The citizen's phone: keeps the page of the turn true, and calls its holder with sound, vibration and a lit screen.

const RETRY_AFTER = 5; // s
const GIVE_UP_AFTER = 8_000; // ms without an answer
const HIDDEN_FOR_LONG = 300_000; // ms
const KEPT = "turn-alerts";
const WORKER = new URL("notify-worker.js", import.meta.url);

const offline = document.getElementById("offline");
const said = document.getElementById("said");
const turn = () => document.getElementById("turn");
const near = () => "near" in turn().dataset;

/* The state: ask for it again and again, and draw it only when something happened. */

let timer;
let asking = false;
let hiddenSince = null;

function askAgainIn(seconds) {
  clearTimeout(timer);
  timer = setTimeout(ask, seconds * 1000 * (0.9 + 0.2 * Math.random()));
}

async function ask() {
  if (asking || restsMeanwhile()) return;
  asking = true;
  clearTimeout(timer);
  const given = new AbortController();
  const limit = setTimeout(() => given.abort(), GIVE_UP_AFTER);
  try {
    const { url, version } = turn().dataset;
    const answer = await fetch(url, {
      headers: { "If-None-Match": `W/"${version}"`, Accept: "text/html" },
      signal: given.signal,
    });
    if (answer.status === 404) return location.reload();
    if (answer.status === 200) draw(await answer.text());
    else if (answer.status !== 304) throw new Error(answer.status);
    offline.hidden = true;
    askAgainIn(Number(turn().dataset.again));
  } catch {
    disconnected();
    askAgainIn(RETRY_AFTER);
  } finally {
    clearTimeout(limit);
    asking = false;
  }
}

function disconnected() {
  offline.querySelector("[data-seen]").textContent = turn().dataset.seen;
  offline.hidden = false;
}

function restsMeanwhile() {
  return document.hidden && !alerts.on && hiddenSince !== null && Date.now() - hiddenSince > HIDDEN_FOR_LONG;
}

document.addEventListener("visibilitychange", () => {
  hiddenSince = document.hidden ? Date.now() : null;
  if (document.hidden) return;
  if (alerts.on) alerts.audio.resume();
  keepLit();
  ask();
});
addEventListener("online", ask);
addEventListener("pageshow", (event) => event.persisted && ask());

function draw(html) {
  const before = turn();
  const after = new DOMParser().parseFromString(html, "text/html").getElementById("turn");
  if (after === null) throw new Error("not the turn");
  const same = after.dataset.state === before.dataset.state;
  if (same && before.querySelector("dialog[open]")) return; // whoever is answering a question goes on
  const focused = before.contains(document.activeElement) ? document.activeElement.id : "";
  before.replaceWith(document.adoptNode(after));
  document.title = after.dataset.title;
  if (after.dataset.headline !== before.dataset.headline) said.textContent = after.dataset.headline;
  showAlerts();
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  announce(before.dataset, after.dataset);
}

/* Questions: in a window over the page instead of on a page of their own. */

document.addEventListener("click", (event) => {
  const asks = event.target.closest("[data-asks]");
  const closes = event.target.closest("dialog [data-closes]");
  if (!asks && !closes) return;
  event.preventDefault();
  if (asks) document.getElementById(asks.dataset.asks).showModal();
  else closes.closest("dialog").close();
});

/* Alerts: from a tap on, the phone sounds and trembles when the call comes near and when it comes. */

const alerts = { on: false, audio: null, light: null, notifier: null };
const COME_NEAR = { notes: [523, 659], times: 1, tremble: [200, 100, 200] };
const YOUR_TURN = { notes: [659, 523], times: 3, tremble: [500, 200, 500, 200, 500, 200, 900] };

function announce(before, after) {
  const called = after.state === "called" && (before.state !== "called" || after.calls !== before.calls);
  const almost = after.state === "almost" && before.state === "waiting";
  keepLit();
  if (called) ring(YOUR_TURN, after.title);
  else if (almost) ring(COME_NEAR, after.title);
}

function ring(how, words) {
  if (!alerts.on) return;
  sound(how);
  navigator.vibrate?.(how.tremble);
  if (document.hidden) notify(words);
}

function sound({ notes, times }) {
  const { audio } = alerts;
  if (audio?.state !== "running") return;
  for (let note = 0; note < notes.length * times; note += 1) {
    const tone = audio.createOscillator();
    const loudness = audio.createGain();
    const starts = audio.currentTime + note * 0.35 + Math.floor(note / notes.length) * 0.3;
    tone.frequency.value = notes[note % notes.length];
    loudness.gain.setValueAtTime(0.0001, starts);
    loudness.gain.exponentialRampToValueAtTime(0.8, starts + 0.02);
    loudness.gain.exponentialRampToValueAtTime(0.0001, starts + 0.6);
    tone.connect(loudness).connect(audio.destination);
    tone.start(starts);
    tone.stop(starts + 0.65);
  }
}

// A phone that shows no notifications, or is not let, keeps sound and vibration.
async function mayNotify() {
  if (!("Notification" in window && "serviceWorker" in navigator)) return null;
  if ((await Notification.requestPermission()) !== "granted") return null;
  return navigator.serviceWorker.register(WORKER).catch(() => null);
}

async function notify(words) {
  const shown = { tag: "turn", renotify: true, requireInteraction: true };
  await alerts.notifier?.showNotification(words, shown).catch(() => {});
}

async function keepLit() {
  const wanted = alerts.on && near() && !document.hidden;
  if (!wanted) {
    alerts.light?.release().catch(() => {});
    alerts.light = null;
  } else if (!alerts.light || alerts.light.released) {
    alerts.light = await navigator.wakeLock?.request("screen").catch(() => null);
  }
}

async function turnOn() {
  alerts.audio ??= new AudioContext();
  await Promise.race([alerts.audio.resume(), new Promise((done) => setTimeout(done, 300))]);
  alerts.on = alerts.audio.state === "running";
  showAlerts();
  keepLit();
}

function showAlerts() {
  const place = turn().querySelector("[data-alerts]");
  if (!place) return;
  place.hidden = false;
  place.querySelector("button").setAttribute("aria-pressed", String(alerts.on));
  place.querySelector("[data-when-on]").hidden = !alerts.on;
}

document.addEventListener("click", async (event) => {
  if (!event.target.closest("[data-alerts] button")) return;
  if (alerts.on) {
    alerts.on = false;
    sessionStorage.removeItem(KEPT);
    showAlerts();
    return keepLit();
  }
  await turnOn();
  sessionStorage.setItem(KEPT, "on");
  sound(COME_NEAR);
  navigator.vibrate?.(COME_NEAR.tremble);
  alerts.notifier = await mayNotify();
});

if (sessionStorage.getItem(KEPT)) {
  turnOn();
  if (window.Notification?.permission === "granted") mayNotify().then((notifier) => (alerts.notifier = notifier));
}
showAlerts();
askAgainIn(Number(turn().dataset.again));
