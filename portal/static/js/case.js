// The code of a receipt lies after the «#» of its address, which no server is sent: write it into the form, and forget it.

const [code, number] = decodeURIComponent(location.hash.slice(1)).split("/").reverse();
const form = document.getElementById("open-case");

if (form && /^[A-Za-z0-9 -]{16,40}$/.test(code)) {
  form.elements.code.value = code;
  if (/^\d{4}-E-\d{6,}$/.test(number ?? "")) form.elements.number.value = number;
  history.replaceState(null, "", location.pathname);
  (form.elements.number.value ? form.querySelector("button") : form.elements.number).focus();
}
