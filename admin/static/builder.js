// The builder without the page going away: a button sends the form, and the part that comes back takes its place.

const builder = document.getElementById("builder");

function dress() {
  builder.querySelectorAll(".block__redraw").forEach((redraw) => (redraw.hidden = true));
}

function open() {
  return [...builder.querySelectorAll("details[open]")].map((details) => details.closest(".block").id);
}

async function act(button) {
  const form = button.form;
  const [address, anchor] = button.getAttribute("formaction").split("#");
  const fields = new URLSearchParams(new FormData(form, button));
  form.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address, { method: "POST", body: fields });
    const part = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("builder");
    if (!part) throw new Error("another page");
    const opened = open();
    builder.replaceChildren(...part.childNodes);
    opened.forEach((id) => builder.querySelector(`#${CSS.escape(id)} details`)?.setAttribute("open", ""));
    dress();
    show(anchor, button.value);
  } catch {
    form.removeAttribute("aria-busy");
    button.dataset.plain = "yes";
    form.requestSubmit(button);
  }
}

/* The touched part in sight, and the focus on the same button, or on what was added. */
function show(anchor, value) {
  const part = document.getElementById(anchor);
  const same = builder.querySelector(`button[value="${CSS.escape(value)}"]`);
  const [name] = value.split(" ");
  const added = { option: ".block__option:last-of-type .input", jump: ".block__jump:last-of-type .input" }[name];
  const first = part?.querySelector(added ?? "textarea, input.input") ?? part;
  const focused = name === "up" || name === "down" ? same : first;
  part?.scrollIntoView({ block: "nearest" });
  focused?.focus();
}

builder.addEventListener("click", (event) => {
  const button = event.target.closest("button[formaction]");
  if (!button || button.dataset.plain) return;
  event.preventDefault();
  if (!button.form.hasAttribute("aria-busy")) act(button);
});

builder.addEventListener("change", (event) => {
  if (event.target.name.endsWith(".kind")) event.target.closest(".block").querySelector(".block__redraw button").click();
});

dress();
