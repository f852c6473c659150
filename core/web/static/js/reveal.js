// Lets people see the passwords that they write: a box with data-reveal shows or hides those of its form.

document.querySelectorAll("[data-reveal]").forEach((box) => {
  const secrets = box.closest("form").querySelectorAll("input[type=password]");
  const show = () => secrets.forEach((secret) => (secret.type = box.checked ? "text" : "password"));
  box.closest("label").hidden = false;
  box.addEventListener("change", show);
  box.closest("form").addEventListener("submit", () => {
    box.checked = false;
    show();
  });
});
