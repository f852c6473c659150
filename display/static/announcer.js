// Decides which call is said now: one at a time, in order, each once, also after a cut or a reload.

const ON_THE_PANEL = 6_000;
const REPEAT_AFTER = 5_000;
const NEW_LOG_AFTER = 60_000;
const LONGEST_QUEUE = 20;
const SAID = "last call said";

export class Announcer {
  #sound;
  #show;
  #queue = [];
  #current = null;
  #running = false;
  #wake = () => {};

  /** `sound.say(call)` ends when it has been heard; `show()` draws again. */
  constructor(sound, show) {
    this.#sound = sound;
    this.#show = show;
  }

  /** The call that is being said, or null. */
  get current() {
    return this.#current;
  }

  /** Calls in any order; those already said, or waiting to be, are left. */
  offer(calls) {
    for (const call of calls.filter(isNew).sort((one, other) => one.seq - other.seq)) {
      if (this.#queue.some((queued) => queued.seq >= call.seq)) continue;
      this.#queue = [...this.#queue.filter((queued) => queued.code !== call.code), call].slice(-LONGEST_QUEUE);
    }
    if (this.#queue.length) this.#wake();
    this.#run();
  }

  /** Only what the state still holds is said: who came, left or was called by mistake is not called again. */
  keep(calls) {
    this.#queue = this.#queue.filter((queued) => calls.some((call) => call.seq === queued.seq && call.valid));
    if (this.#current && wasUndone(this.#current, calls)) {
      this.#current = { ...this.#current, valid: false };
      this.#sound.stop();
      this.#wake();
    } else if (this.#current) {
      this.#current.valid = calls.some((call) => call.code === this.#current.code && call.valid);
    }
  }

  async #run() {
    if (this.#running) return;
    this.#running = true;
    while (this.#queue.length) {
      this.#current = this.#queue.shift();
      remember(this.#current);
      this.#show();
      const shown = pause(ON_THE_PANEL);
      await this.#sound.say(this.#current);
      if (await this.#nobodyElseFor(REPEAT_AFTER)) await this.#sound.say(this.#current);
      if (this.#current.valid) await shown;
    }
    this.#current = null;
    this.#running = false;
    this.#show();
  }

  /** Whether the call may be repeated after so long: nobody else is to be called, and the person has not come. */
  async #nobodyElseFor(milliseconds) {
    if (!this.#queue.length && this.#current.valid) {
      await new Promise((done) => {
        const timer = setTimeout(done, milliseconds);
        this.#wake = () => {
          clearTimeout(timer);
          done();
        };
      });
      this.#wake = () => {};
    }
    return !this.#queue.length && this.#current.valid;
  }
}

/** The log of a new installation begins again at 1: then the hour tells that the call is new. */
function isNew(call) {
  const said = JSON.parse(sessionStorage.getItem(SAID) ?? '{"seq": 0, "at": 0}');
  return call.seq > said.seq || call.at > said.at + NEW_LOG_AFTER;
}

function remember({ seq, at }) {
  sessionStorage.setItem(SAID, JSON.stringify({ seq, at }));
}

/** Gone from the list though older calls are still there, or though the list is empty. */
function wasUndone(call, calls) {
  const listed = calls.some((other) => other.code === call.code);
  return !listed && (calls.length === 0 || calls.some((other) => other.seq < call.seq));
}

function pause(milliseconds) {
  return new Promise((done) => setTimeout(done, milliseconds));
}
