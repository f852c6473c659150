// Puts the screen together: what the wire hears is drawn and said.

import { Announcer } from "./announcer.js";
import { Foot } from "./foot.js";
import { Pictures } from "./pictures.js";
import { Screen } from "./screen.js";
import { Sound } from "./sound.js";
import { Wire } from "./wire.js";

const MOST_CALLS = 8;
const RELOAD_AT_MOST_EVERY = 60_000;

const read = (id) => JSON.parse(document.getElementById(id).textContent);
const page = read("page");
const { io } = await import(page.socketClient);

let told = read("told");
const { version } = told;
let serverAhead = told.now - performance.now();
const now = () => performance.now() + serverAhead;

const screen = new Screen(page);
const foot = new Foot(document.getElementById("foot"));
const pictures = new Pictures(document.getElementById("picture"));
const sound = new Sound(document.getElementById("voice"), document.getElementById("voice-button"), page);
const announcer = new Announcer(sound, draw);

function draw() {
  screen.draw(told.calls, announcer.current, now());
  screen.drawClock(now());
  pictures.draw(told.pictures, now());
  foot.draw(told, announcer.current !== null);
}

function know(state) {
  told = state;
  serverAhead = state.now - performance.now();
  sound.settings = state;
  announcer.keep(state.calls);
  announcer.offer(state.calls.filter((call) => call.valid));
  draw();
  const changed = state.version !== version && performance.now() > RELOAD_AT_MOST_EVERY;
  if (changed && announcer.current === null) location.reload();
}

function hearCall(call) {
  if (told.windows.length && !told.windows.includes(call.window_id)) return;
  if (told.services.length && !told.services.includes(call.service_id)) return;
  const others = told.calls.filter((other) => other.code !== call.code);
  told = { ...told, calls: [call, ...others].slice(0, MOST_CALLS) };
  announcer.offer([call]);
  draw();
}

const wire = new Wire(io, page.state, told.seq, {
  state: know,
  call: hearCall,
  over: (code) => told.calls.some((call) => call.code === code) && wire.ask(),
  lost: (heardAt) => screen.drawLost(heardAt + serverAhead),
  found: () => screen.drawLost(null),
  refused: () => location.reload(),
});
know(told);
setInterval(draw, 1_000);
