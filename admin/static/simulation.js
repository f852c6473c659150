// A simulation that runs: how far it is, asked again and again, without taking the focus from whoever would cancel it.

const LOOK = 2_000; // ms
const bar = document.querySelector(".progress");
const told = document.querySelectorAll("[data-told]");
let leaving = false; // a reload would take the place of the page that was asked for

async function look() {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.querySelector(".progress");
    if (leaving) return;
    if (!now) {
      location.reload();
      return;
    }
    bar.value = now.value;
    page.querySelectorAll("[data-told]").forEach(({ textContent }, n) => {
      if (told[n].textContent !== textContent) told[n].textContent = textContent;
    });
  } catch {
    // the server is away: ask again
  }
  setTimeout(look, LOOK);
}

addEventListener("submit", ({ defaultPrevented }) => {
  leaving = !defaultPrevented;
});
setTimeout(look, LOOK);
