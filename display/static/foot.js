// What the foot of the screen shows between calls: the waits of the topics and, among them, the notices and the facts.

const EACH = 8_000;
const WAITS_PER_NOTICE = 2;
const LETTERS = [0, 53, 80, 120]; // from so many letters on a line is written smaller

export class Foot {
  #place;
  #next = 0;
  #fact = 0;
  #since = -EACH;

  constructor(place) {
    this.#place = place;
  }

  /** Show the next one if the present has been there long enough; `hold` leaves it while a call is said. */
  draw({ waits, notices, facts }, hold) {
    const items = sequence(waits, notices, facts.length);
    if (hold || !items.length || performance.now() - this.#since < EACH) return;
    const { language, title, line } = items[this.#next % items.length] ?? this.#nextOf(facts);
    this.#next = (this.#next + 1) % items.length;
    this.#since = performance.now();
    this.#place.lang = language;
    this.#place.dataset.letters = LETTERS.findLast((least) => line.length >= least);
    this.#write("title", title);
    this.#write("line", line);
  }

  /** Facts go on where they were: there are more of them than fit between two times that the same wait is shown. */
  #nextOf(facts) {
    const { title, text } = facts[this.#fact % facts.length];
    this.#fact = (this.#fact + 1) % facts.length;
    return { language: "es", title, line: text };
  }

  #write(part, text) {
    this.#place.querySelector(`[data-part="${part}"]`).textContent = text;
  }
}

/** Two waits, a notice, a fact (null), the next two waits, the next notice… until all of both have been shown. */
function sequence(waits, notices, facts) {
  const together = Math.min(WAITS_PER_NOTICE, waits.length);
  const rounds = Math.max(notices.length, Math.ceil(waits.length / WAITS_PER_NOTICE), Math.min(facts, 1));
  const told = [];
  for (let round = 0; round < rounds; round += 1) {
    for (let n = round * together; n < (round + 1) * together; n += 1) {
      const { topic, wait } = waits[n % waits.length];
      told.push({ language: "es", title: topic, line: wait });
    }
    const notice = notices[round];
    if (notice) told.push({ language: notice.language, title: "", line: notice.text });
    if (facts) told.push(null);
  }
  return told;
}
