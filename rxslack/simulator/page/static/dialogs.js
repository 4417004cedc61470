// Small dialogs: a question with one answer, and JSON.

import { button, h, json } from "./dom.js";
import { NAMES, emoji } from "./emoji.js";

let numbers = 0;

/** Show a dialog, and take it away once it is closed. */
export function dialog(title, properties, ...children) {
  numbers += 1;
  const id = `dialog-${numbers}`;
  const shown = h("dialog", { "aria-labelledby": id, ...properties }, h("h2", { id }, title), ...children);
  shown.addEventListener("close", () => shown.remove());
  document.body.append(shown);
  shown.showModal();
  return shown;
}

/** Ask for a text; "" when there is none. */
export function ask(title, label, { value = "", placeholder = "", long = false, emoji: wantsEmoji = false } = {}) {
  return new Promise((answered) => {
    let answer = "";
    const field = long ? h("textarea", { rows: 4, value }) : h("input", { type: "text", value, placeholder, list: wantsEmoji ? "emoji-names" : undefined, autocomplete: "off" });
    const done = () => { answer = field.value.trim(); shown.close(); };
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !(long && event.shiftKey)) { event.preventDefault(); done(); }
    });
    const shown = dialog(title, { class: "ask" }, h("label", {}, label, field),
      wantsEmoji ? h("datalist", { id: "emoji-names" }, NAMES.map((name) => h("option", { value: name }, emoji(name)))) : "",
      h("p", { class: "row end" }, button("Cancel", () => shown.close()), button("OK", done, { class: "primary" })));
    shown.addEventListener("close", () => answered(answer));
    field.focus();
  });
}

/** Show JSON. */
export function showJson(title, value) {
  const copy = () => navigator.clipboard?.writeText(JSON.stringify(value, null, 2));
  const shown = dialog(title, { class: "wide" }, json(value), h("p", { class: "row end" }, button("Copy", copy), button("Close", () => shown.close(), { class: "primary" })));
}
