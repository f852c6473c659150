// What the foot of the screen shows between calls: the waits of the topics and, among them, the notices.

const EACH = 8_000;
const WAITS_PER_NOTICE = 2;
const LETTERS = [0, 53, 80, 120]; // from so many letters on a line is written smaller

export class Foot {
  #place;
  #shown = null;
  #since = -EACH;

  constructor(place) {
    this.#place = place;
  }

  /** Show the next one if the present has been there long enough; `hold` leaves it while a call is said. */
  draw({ waits, notices }, hold) {
    const turnsOver = performance.now() - this.#since >= EACH && !hold;
    const items = sequence(waits, notices);
    if (!turnsOver || !items.length) return;
    const place = items.findIndex((item) => item.key === this.#shown);
    const item = items[(place + 1) % items.length];
    this.#shown = item.key;
    this.#since = performance.now();
    this.#write("title", item.title);
    this.#write("line", item.line);
    this.#place.dataset.letters = LETTERS.findLast((least) => item.line.length >= least);
  }

  #write(part, text) {
    this.#place.querySelector(`[data-part="${part}"]`).textContent = text;
  }
}

/** Two waits, a notice, two waits, the next notice… until all of both have been shown. */
function sequence(waits, notices) {
  const told = [];
  for (let round = 0; round * WAITS_PER_NOTICE < waits.length || round < notices.length; round += 1) {
    for (const { topic, wait } of waits.slice(round * WAITS_PER_NOTICE, (round + 1) * WAITS_PER_NOTICE)) {
      told.push({ key: `wait ${topic}`, title: topic, line: wait });
    }
    if (round < notices.length) told.push({ key: `notice ${notices[round]}`, title: "", line: notices[round] });
  }
  return told;
}
