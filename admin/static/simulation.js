// A simulation that runs: how far it is, asked again and again, without taking the focus from whoever would cancel it.

const LOOK = 2_000; // ms
const bar = document.querySelector(".progress");
const told = document.querySelectorAll("[data-told]");

async function look() {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.querySelector(".progress");
    if (!now) return location.reload();
    bar.value = now.value;
    page.querySelectorAll("[data-told]").forEach(({ textContent }, n) => {
      if (told[n].textContent !== textContent) told[n].textContent = textContent;
    });
  } catch {
    // the server is away: ask again
  }
  return setTimeout(look, LOOK);
}

setTimeout(look, LOOK);
