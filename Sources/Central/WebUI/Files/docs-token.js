// The token, kept only in this tab: session storage ends with it, and no other tab can read it.

const KEY = "hearth.token";

export function currentToken() {
  return sessionStorage.getItem(KEY) ?? "";
}

/** Connects the form at the top of the page. `words` are the labels of its button. */
export function connectTokenForm(words = { show: "Show", hide: "Hide" }) {
  const form = document.getElementById("token");
  const field = document.getElementById("token-field");
  const show = document.getElementById("token-show");
  field.value = currentToken();
  field.addEventListener("input", () => keep(field.value.trim()));
  form.addEventListener("submit", (event) => event.preventDefault());
  show.addEventListener("click", () => {
    const visible = field.type === "password";
    field.type = visible ? "text" : "password";
    show.textContent = visible ? words.hide : words.show;
    show.setAttribute("aria-pressed", String(visible));
  });
  document.getElementById("token-forget").addEventListener("click", () => {
    field.value = "";
    keep("");
    field.focus();
  });
}

function keep(token) {
  if (token) sessionStorage.setItem(KEY, token);
  else sessionStorage.removeItem(KEY);
}
