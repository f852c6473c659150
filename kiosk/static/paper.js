// The paper: this browser prints it once by itself, or the page asks how the network printer did.

const { print: by, ticket, printState, noPaper } = document.documentElement.dataset;
const ASK_EVERY_MS = 1000;

function printOnce() {
  const known = ticket.slice(0, 6); // enough to know it again and too little to open it
  if (sessionStorage.getItem("printed") === known) return;
  sessionStorage.setItem("printed", known);
  window.print();
}

async function watchPrinter() {
  try {
    const answer = await fetch(printState, { headers: { Accept: "application/json" } });
    const { state } = await answer.json();
    if (state === "failed") return location.replace(noPaper);
    if (state === "printed") return undefined;
  } catch {
    // the line says by itself that it is down
  }
  return setTimeout(watchPrinter, ASK_EVERY_MS);
}

document.querySelector("[data-print-again]")?.addEventListener("click", () => window.print());
if (by === "browser") document.fonts.ready.then(printOnce);
if (by === "network") watchPrinter();
