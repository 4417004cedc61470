// Modals and the home tab: the same blocks, in a dialog and in place of a conversation.

import { blocks } from "./blocks.js";
import { announce, button, fill, h } from "./dom.js";
import { showJson } from "./dialogs.js";
import { valuesOf, words } from "./elements.js";
import { icon } from "./icons.js";
import { act, on, state, tell } from "./store.js";

const forms = new Map(); // what was put in, by the view's id; a view that is updated keeps it
const MOST = 50;

function contextOf(view, errors) {
  if (!forms.has(view.id)) forms.set(view.id, {});
  if (forms.size > MOST) forms.delete(forms.keys().next().value);
  const form = forms.get(view.id);
  const where = (one, block) => ({ action_id: one.action_id ?? "", block_id: block.block_id ?? "" });
  return {
    form,
    errors,
    use: async (one, block, value) => {
      const done = await act("click", { ...where(one, block), action: value, values: valuesOf(view.blocks, form) });
      if (done?.failed) tell("trouble", "The app did not react in time.");
    },
    suggest: async (one, block, typed) => (await act("suggest", { ...where(one, block), typed }))?.response,
  };
}

function missing(view, form) {
  const errors = {};
  for (const block of view.blocks ?? []) {
    if (block.type !== "input" || block.optional) continue;
    const value = form[block.block_id ?? ""]?.[block.element?.action_id ?? ""] ?? {};
    const filled = Object.entries(value).some(([name, one]) => name !== "type" && one !== null && one !== "" && !(Array.isArray(one) && !one.length));
    if (!filled) errors[block.block_id ?? ""] = "Please complete this required field.";
  }
  return errors;
}

/** Show the modal on top, whenever there is one. */
export function modals() {
  let shown = null;
  let seen = "";
  let errors = {};

  function close() {
    shown?.close();
    shown?.remove();
    shown = null;
  }

  function paint() {
    const view = state.modals.at(-1);
    const now = JSON.stringify([view, errors]);
    if (now === seen) return;
    seen = now;
    if (!view) return close();
    const context = contextOf(view, errors);
    const title = words(view.title) || "Modal";
    const form = h("form", { method: "dialog", novalidate: true, onsubmit: (event) => { event.preventDefault(); submit(view, context); } },
      h("header", { class: "row" }, h("h2", { id: "modal-title", class: "grow" }, title),
        button("JSON", () => showJson("This view", view)), button(icon("close"), () => leave(), { "aria-label": "Close" })),
      h("div", { class: "modal-body", tabindex: "0", role: "group", "aria-labelledby": "modal-title" }, blocks(view.blocks, context)),
      h("footer", { class: "row end" }, state.modals.length > 1 ? h("small", { class: "grow" }, `${state.modals.length} on top of each other`) : "",
        button(words(view.close) || "Cancel", () => leave()), view.submit ? h("button", { class: "primary" }, words(view.submit)) : ""));
    if (!shown) {
      shown = h("dialog", { class: "modal", "aria-labelledby": "modal-title" });
      shown.addEventListener("cancel", (event) => { event.preventDefault(); leave(); });
      document.body.append(shown);
      fill(shown, form);
      shown.showModal();
    } else fill(shown, form);
    (shown.querySelector("[aria-invalid]") ?? shown.querySelector(".modal-body input,.modal-body textarea,.modal-body select") ?? shown.querySelector("button")).focus();
    return announce(title);
  }

  function leave() {
    errors = {};
    act("close");
  }

  async function submit(view, context) {
    errors = missing(view, context.form);
    if (Object.keys(errors).length) return paint();
    const done = await act("submit", { values: valuesOf(view.blocks, context.form) });
    if (done?.failed) tell("trouble", "The app did not acknowledge the submission in time.");
    errors = done?.response?.response_action === "errors" ? (done.response.errors ?? {}) : {};
    return paint();
  }

  on("modals", paint);
}

/** The home tab as a node. */
export function home() {
  const node = h("div", { class: "home", tabindex: "0", role: "region", "aria-label": "Home tab" });
  const paint = () => fill(node, state.home
    ? [h("p", { class: "row end" }, button("JSON", () => showJson("This view", state.home))), blocks(state.home.blocks, contextOf(state.home, {}))]
    : h("p", { class: "nothing" }, `${state.team.bot.name} has published no home tab for you. It was told app_home_opened, over Socket Mode or HTTP, and answers with views.publish.`));
  on("home", paint);
  on("people", paint);
  return { node, paint };
}
