// The images of the town hall on the panel while nobody is called, one after another with the welcome among them.

const EACH = 10_000;

export class Pictures {
  #place;

  constructor(place) {
    this.#place = place;
    place.addEventListener("error", () => (place.hidden = true));
  }

  /** The one whose time it is; `now` in milliseconds of the server, so that all displays show the same. */
  draw(pictures, now) {
    const shown = [null, ...pictures][Math.floor(now / EACH) % (pictures.length + 1)];
    if (shown && this.#place.getAttribute("src") !== shown.url) this.#place.src = shown.url;
    if (shown) this.#place.alt = shown.text;
    this.#place.hidden = !shown;
  }
}
