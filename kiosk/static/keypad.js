// The keypad of a ticket: its letter and numbers go to the box in hand, which passes on by itself when it is full.

const form = document.querySelector("[data-keypad]");
const { number, code } = form.elements;
const DIGITS_OF_A_TURN = 3;
const MOST_DIGITS = 4;

const digits = (text) => text.replace(/\D/g, "");
const letter = (text) => text.match(/[A-Z]/i)?.[0].toUpperCase() ?? "";

let inHand = letter(number.value) && digits(number.value).length >= DIGITS_OF_A_TURN ? code : number;

function take(box) {
  inHand = box;
  for (const each of [number, code]) each.toggleAttribute("data-in-hand", each === box);
}

function write(series, figures) {
  number.value = [series, figures.slice(0, MOST_DIGITS)].filter(Boolean).join(" ");
}

function type(sign) {
  if (/\D/.test(sign)) {
    write(sign, digits(number.value));
    return take(number);
  }
  if (inHand === code) {
    code.value = (code.value + sign).slice(0, MOST_DIGITS);
    return undefined;
  }
  write(letter(number.value), digits(number.value) + sign);
  return digits(number.value).length === DIGITS_OF_A_TURN ? take(code) : undefined;
}

function erase() {
  if (inHand === code && !code.value) take(number);
  if (inHand === code) code.value = code.value.slice(0, -1);
  else if (digits(number.value)) write(letter(number.value), digits(number.value).slice(0, -1));
  else number.value = "";
}

form.addEventListener("click", (event) => {
  const key = event.target.closest("button[type=button]");
  if (!key) return;
  if ("erase" in key.dataset) erase();
  else type(key.dataset.type);
});
for (const box of [number, code]) box.addEventListener("focus", () => take(box));

take(inHand);
