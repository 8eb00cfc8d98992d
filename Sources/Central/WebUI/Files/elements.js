// Creates elements without markup, so external text can never become markup.

/**
 * An element with its properties and children. `class`, `for`, `aria-…`, `data-…` and `role` become attributes,
 * functions become listeners (`onclick`), what is `undefined` or `null` is left out.
 */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (typeof value === "function") made.addEventListener(key.slice(2), value);
    else if (key in made && !key.startsWith("aria")) made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children.flat().filter((child) => child !== undefined && child !== null));
  return made;
}

/** Text with `code` between backticks, as elements. */
export function inline(text) {
  return text.split(/(`[^`]+`)/u).filter(Boolean).map((part) =>
    part.startsWith("`") ? element("code", {}, part.slice(1, -1)) : part);
}

/** Paragraphs, separated by blank lines. */
export function paragraphs(text) {
  return (text ?? "").trim().split(/\n\s*\n/u).filter(Boolean)
    .map((part) => element("p", {}, inline(part.replace(/\s*\n\s*/gu, " "))));
}

/** Copies to the clipboard, even if the page was loaded without encryption. Resolves to whether it worked. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = element("textarea", { value: text, readOnly: true, class: "unseen", "aria-hidden": "true" });
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }
}
