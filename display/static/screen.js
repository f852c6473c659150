// Draws the state: the call on the panel, the last calls beside it. It writes text, never markup.

const $ = (id) => document.getElementById(id);
const SHIFTS = [[0, 0], [3, 0], [3, 3], [0, 3]];
const HOUR = 3_600_000;

export class Screen {
  #page;
  #announced = null;

  constructor(page) {
    this.#page = page;
  }

  /** `calls` newest first; `current` is being announced now, if any; `now` in milliseconds of the server. */
  draw(calls, current, now) {
    const onPanel = current ?? calls.find((call) => now - call.at < this.#page.shownFor) ?? null;
    $("call").hidden = onPanel === null;
    $("idle").hidden = onPanel !== null;
    if (onPanel) this.#drawCall($("call"), onPanel);
    const others = calls.filter((call) => call.code !== onPanel?.code);
    $("past").hidden = others.length === 0;
    [...$("past").tBodies[0].rows].forEach((row, place) => {
      row.hidden = place >= others.length;
      if (!row.hidden) this.#drawTurnAndWindow(row, others[place]);
    });
    this.#announce(current);
    this.#shift(now);
  }

  /** «2:05 p. m.»; noon is «12:00 m.» */
  drawClock(now) {
    write($("clock"), hourOf(now));
  }

  /** The band that says since when nobody answers; null takes it away. */
  drawLost(since) {
    const hour = since === null ? "" : hourOf(since);
    const sentence = hour.startsWith("1:") ? this.#page.lostAtOne : this.#page.lost;
    write(part($("lost"), "text"), sentence.replace("{time}", hour).replace(" – ", "\u00a0– "));
    $("lost").hidden = since === null;
    $("foot").hidden = since !== null;
    if (since !== null) $("status").replaceChildren(part($("lost"), "text").textContent);
  }

  #drawCall(panel, call) {
    const words = this.#page.words[call.language] ?? this.#page.words.es;
    panel.lang = call.language;
    write(part(panel, "turn-label"), words.turn);
    write(part(panel, "window-label"), words.window);
    part(panel, "window-label").hidden = isName(call.window);
    this.#drawTurnAndWindow(panel, call);
  }

  #drawTurnAndWindow(place, call) {
    const digits = String(call.number).padStart(3, "0");
    part(place, "turn").dataset.digits = digits.length;
    write(part(place, "turn").querySelector(".turn-number__letter"), call.series);
    write(part(place, "turn").querySelector(".turn-number__digits"), digits);
    part(place, "window").dataset.length = Math.min(call.window.length, 12);
    write(part(place, "window"), call.window);
  }

  /** Two pulses and the sun around the panel while a call is said; a repeated call begins them anew. */
  #announce(current) {
    const announced = current?.seq ?? null;
    if (announced === this.#announced) return;
    this.#announced = announced;
    delete $("call").dataset.calling;
    if (current === null) return;
    void $("call").offsetWidth;
    $("call").dataset.calling = "";
    const words = this.#page.words[current.language] ?? this.#page.words.es;
    const where = isName(current.window) ? current.window : `${words.window} ${current.window}`;
    $("status").replaceChildren(`${words.turn} ${current.code}. ${where}.`);
  }

  /** Some pixels each hour, so that nothing burns in. */
  #shift(now) {
    const [x, y] = SHIFTS[Math.floor(now / HOUR) % SHIFTS.length];
    document.documentElement.style.setProperty("--shift-x", `${x}px`);
    document.documentElement.style.setProperty("--shift-y", `${y}px`);
  }
}

/** A window may be called by a word («Comisaría») instead of a number. */
function isName(window) {
  return /\p{L}{3,}/u.test(window);
}

function part(place, name) {
  return place.querySelector(`[data-part="${name}"]`);
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

const hours = new Intl.DateTimeFormat("es-CO", {
  timeZone: "America/Bogota",
  hour: "numeric",
  minute: "2-digit",
  hour12: true,
});

function hourOf(milliseconds) {
  const hour = hours.format(milliseconds).replace(/[\s\u202f]/g, "\u00a0");
  return hour.replace(/^12:00.p\..m\.$/, "12:00\u00a0m.");
}
