// Plays a call: chime and voice, or the chime alone; and asks for a touch where the browser keeps the page mute.

const LONGEST = 20_000;

export class Sound {
  #audio;
  #button;
  #page;
  #settings = { volume: 80, voice: true };
  #finish = () => {};

  constructor(audio, button, page) {
    this.#audio = audio;
    this.#button = button;
    this.#page = page;
    button.addEventListener("click", () => {
      button.hidden = true;
      this.#play(page.chime);
    });
    this.#play(page.chime, 0);
  }

  set settings({ volume, voice }) {
    this.#settings = { volume, voice };
  }

  /** Say the call; ends when it was heard, or at once if it cannot be. */
  async say(call) {
    const { voice } = this.#settings;
    const spoken = `${this.#page.speech}/${call.series}/${call.number}/${call.window_id}.wav?lang=${call.language}`;
    const heard = await this.#play(voice ? spoken : this.#page.chime);
    if (!heard && voice && this.#button.hidden) await this.#play(this.#page.chime);
  }

  stop() {
    this.#audio.pause();
    this.#finish(true);
  }

  #play(url, volume = this.#settings.volume / 100) {
    this.stop();
    this.#audio.src = url;
    this.#audio.volume = volume;
    return new Promise((done) => {
      const timer = setTimeout(() => this.#finish(false), LONGEST);
      this.#finish = (heard) => {
        clearTimeout(timer);
        this.#finish = () => {};
        done(heard);
      };
      const finish = this.#finish;
      this.#audio.onended = () => finish(true);
      this.#audio.onerror = () => finish(false);
      this.#audio.play().catch((error) => {
        if (error.name === "NotAllowedError") this.#button.hidden = false;
        if (error.name !== "AbortError") finish(false);
      });
    });
  }
}
