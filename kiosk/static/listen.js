// «Escuchar»: reads the page aloud; any touch stops it.

const root = document.documentElement;
const button = document.querySelector("[data-listen]");
const status = document.querySelector("[data-status]");
const sound = new Audio();

function speaking(isSpeaking) {
  root.toggleAttribute("data-speaking", isSpeaking);
  button.setAttribute("aria-pressed", String(isSpeaking));
}

function stop() {
  sound.pause();
  sound.removeAttribute("src");
  speaking(false);
}

async function start() {
  status.textContent = "";
  sound.src = button.dataset.listen;
  speaking(true);
  try {
    await sound.play();
  } catch (failure) {
    if (failure.name === "AbortError") return;
    speaking(false);
    status.textContent = button.dataset.failed;
  }
}

button.addEventListener("click", () => (button.getAttribute("aria-pressed") === "true" ? stop() : start()));
sound.addEventListener("ended", () => speaking(false));
for (const kind of ["pointerdown", "keydown"]) {
  document.addEventListener(
    kind,
    (event) => {
      if ("speaking" in root.dataset && !button.contains(event.target)) stop();
    },
    { capture: true },
  );
}
