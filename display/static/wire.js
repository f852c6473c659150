// Keeps the screen true: hears the wire, asks for the state, and says when nobody has answered for too long.

const ASK_EVERY = 15_000;
const ASK_WHILE_CUT = 5_000;
const ASK_AGAIN_AFTER = 1_000;
const SILENT_AFTER = 12_000; // the server is heard every 10 s, even when nothing happens
const PATIENCE = 4_000;
const LOST_AFTER = 5_000;
const FIRST_RETRY = 500;
const LONGEST_RETRY = 8_000;

export class Wire {
  #hears;
  #stateUrl;
  #socket;
  #last;
  #heardAt = performance.now();
  #askedAt = performance.now();
  #failingSince = null;
  #asking = false;
  #askAgain = false;
  #lost = false;
  #retry = FIRST_RETRY;

  /** `hears`: what to do with state(state), call(call), over(code), lost(heardAt), found() and refused(). */
  constructor(io, stateUrl, seq, hears) {
    this.#hears = hears;
    this.#stateUrl = stateUrl;
    this.#last = seq;
    this.#socket = io("/wall", { transports: ["websocket"], reconnection: false, timeout: PATIENCE });
    this.#socket.on("connect", () => this.#connected());
    this.#socket.on("happened", (message) => this.#take(message));
    this.#socket.on("disconnect", () => this.#cut());
    this.#socket.on("connect_error", () => this.#cut());
    this.#socket.io.on("ping", () => this.#hear());
    addEventListener("offline", () => this.ask());
    addEventListener("online", () => this.ask());
    setInterval(() => this.#tick(), 1_000);
  }

  /** Ask for the present state; however often it is called, one question is on its way and one waits. */
  async ask() {
    if (this.#asking) {
      this.#askAgain = true;
      return;
    }
    this.#asking = true;
    this.#askAgain = false;
    this.#askedAt = performance.now();
    try {
      await this.#fetchState();
    } catch {
      this.#failingSince ??= this.#askedAt;
    }
    this.#asking = false;
    if (this.#askAgain) this.ask();
  }

  async #fetchState() {
    const known = this.#last;
    const answer = await fetch(this.#stateUrl, {
      headers: { Accept: "application/json" },
      cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (answer.status === 401) this.#hears.refused();
    if (!answer.ok) throw new Error(`state: ${answer.status}`);
    const state = await answer.json();
    this.#hear();
    // A message overtook this answer, which is older than what the screen knows by now. Older than what it knew when
    // it asked means that the log began anew.
    if (known <= state.seq && state.seq < this.#last) {
      setTimeout(() => this.ask(), ASK_AGAIN_AFTER);
      return;
    }
    this.#last = state.seq;
    this.#hears.state(state);
  }

  #take(message) {
    this.#hear();
    if (message.seq <= this.#last) return;
    if (message.seq !== this.#last + 1) {
      this.ask();
      return;
    }
    this.#last = message.seq;
    if (message.call) this.#hears.call({ ...message.call, seq: message.seq, at: message.at, valid: true });
    else if (message.over) this.#hears.over(message.over);
  }

  #connected() {
    this.#retry = FIRST_RETRY;
    this.#hear();
    this.ask();
  }

  #cut() {
    this.ask();
    setTimeout(() => this.#socket.connect(), this.#retry * (0.5 + Math.random() / 2));
    this.#retry = Math.min(this.#retry * 2, LONGEST_RETRY);
  }

  #hear() {
    this.#heardAt = performance.now();
    this.#failingSince = null;
  }

  #tick() {
    const now = performance.now();
    const cut = !this.#socket.connected || now - this.#heardAt > SILENT_AFTER;
    if (now - this.#askedAt >= (cut ? ASK_WHILE_CUT : ASK_EVERY)) this.ask();
    const lost = this.#failingSince !== null && now - this.#failingSince > LOST_AFTER;
    if (lost !== this.#lost) {
      this.#lost = lost;
      if (lost) this.#hears.lost(this.#heardAt);
      else this.#hears.found();
    }
  }
}
