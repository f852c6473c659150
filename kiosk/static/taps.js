// Fingers: a trembling hand that touches twice touches once, and arrows move the focus like a keypad of the kiosk.

const BOUNCE_MS = 500;
const SAME_PLACE_PX = 40;
const FOCUSABLE = "a[href], button:not([disabled])";

// On a keypad the same key twice is meant, unless it comes as fast as only a tremble does.
function bounceAt(target) {
  return Number(target.closest("[data-bounce]")?.dataset.bounce ?? BOUNCE_MS);
}

function isBounce(event) {
  const last = JSON.parse(sessionStorage.getItem("tap") ?? "null");
  const now = Date.now();
  const bounced =
    last !== null &&
    now - last.at < bounceAt(event.target) &&
    Math.hypot(event.clientX - last.x, event.clientY - last.y) < SAME_PLACE_PX;
  sessionStorage.setItem("tap", JSON.stringify({ at: now, x: event.clientX, y: event.clientY }));
  return bounced;
}

// A label hands the touch on to its box: that is one touch, and not two.
let label = null;

function isHandedOn(event) {
  const touched = event.target.closest("label");
  const handed = touched !== null && touched === label && event.target === touched.control;
  label = handed ? null : touched;
  return handed;
}

// Kept in sessionStorage, because the second touch of a pair may land on the next page.
document.addEventListener(
  "click",
  (event) => {
    const byFinger = event.detail > 0 && !isHandedOn(event);
    if (byFinger && isBounce(event)) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  },
  { capture: true },
);

document.addEventListener("contextmenu", (event) => event.preventDefault());

document.addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const within = document.querySelector("dialog[open]") ?? document;
  const stops = [...within.querySelectorAll(FOCUSABLE)].filter((stop) => stop.getClientRects().length > 0);
  const here = stops.indexOf(document.activeElement);
  const next = here < 0 && step < 0 ? stops.length - 1 : (here + step + stops.length) % stops.length;
  stops[next]?.focus();
  event.preventDefault();
});
