// Typing papers without the mouse: a figure marks that option, Enter goes on, Delete takes marks away.

const form = document.getElementById("typing");
const ANSWERS = "input[type=radio], input[type=checkbox]";

/** What is answered together: a group of options, or one line to write in. */
function groupOf(control) {
  return control.matches(ANSWERS) ? control.closest("fieldset") : control;
}

/** Where the typist stops, in order: each line to write in, and of each group what is marked or comes first. */
function stops() {
  const all = [...form.querySelectorAll(`input:not([type=hidden]), textarea, button`)];
  const seen = new Set();
  return all.filter((control) => {
    const group = groupOf(control);
    if (seen.has(group)) return false;
    seen.add(group);
    return true;
  });
}

function goOn(control) {
  const places = stops();
  const here = places.findIndex((place) => groupOf(place) === groupOf(control));
  const next = places[here + 1];
  if (!next) return;
  const group = groupOf(next);
  (group.querySelector?.("input:checked") ?? next).focus();
  next.select?.();
}

/** The option that a figure marks: of the scale from 0 to 10 the figure itself, of the others the place. */
function marked(group, figure) {
  const options = [...group.querySelectorAll(ANSWERS)].filter((option) => option.closest("fieldset") === group);
  return group.querySelector(".scale") ? options.find((option) => option.value === figure) : options[figure - 1];
}

form.addEventListener("keydown", (event) => {
  const control = event.target;
  if (event.altKey || event.ctrlKey || event.metaKey || control.matches("button, a")) return;
  if (event.key === "Enter" && !(control.matches("textarea") && event.shiftKey)) {
    event.preventDefault();
    goOn(control);
  } else if (control.matches(ANSWERS) && ["Backspace", "Delete"].includes(event.key)) {
    event.preventDefault();
    for (const option of groupOf(control).querySelectorAll(ANSWERS)) option.checked = false;
  } else if (control.matches(ANSWERS) && /^[0-9]$/.test(event.key)) {
    const option = marked(groupOf(control), event.key);
    if (!option) return;
    event.preventDefault();
    option.click();
    option.focus();
    if (option.type === "radio" && !option.closest(".scale")) goOn(option);
  }
});

if (!document.querySelector("[data-focus]")) stops()[0]?.focus();
