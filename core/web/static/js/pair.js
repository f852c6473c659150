// The screen that waits to be let in: asks every five seconds, and opens its page as soon as it may.

const ASK_EVERY_MS = 5000;
const code = document.querySelector("[data-code]");

async function ask() {
  try {
    const answer = await fetch(location.href);
    if (answer.redirected) return location.replace(answer.url);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    code.textContent = page.querySelector("[data-code]")?.textContent ?? code.textContent;
  } catch {
    // the server is away: ask again
  }
  return setTimeout(ask, ASK_EVERY_MS);
}

setTimeout(ask, ASK_EVERY_MS);
