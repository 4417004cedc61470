// The elements of Block Kit that somebody can use: buttons, menus, fields.
//
// A context says where they are: `form` keeps what was put in, by block and action as `view.state` has it;
// `use` tells the app; `suggest` asks it for options.

import { button, h, safeUrl } from "./dom.js";
import { mrkdwn, plain } from "./text.js";
import { state } from "./store.js";

let numbers = 0;

/** An id that no other element has. */
export function newId(word) {
  numbers += 1;
  return `${word}-${numbers}`;
}

/** A text object. */
export function textOf(object) {
  if (!object) return "";
  if (typeof object === "string") return mrkdwn(object);
  return object.type === "mrkdwn" ? mrkdwn(object.text) : plain(object.text);
}

/** The letters of a text object. */
export function words(object) {
  return typeof object === "string" ? object : (object?.text ?? "");
}

/** An element; `label` names it where nothing on it does. */
export function element(one, block, context, label = "") {
  const make = KINDS[one.type];
  if (make) return make(one, block, context, label || words(one.placeholder) || one.action_id || one.type);
  return h("span", { class: "unknown" }, `[${one.type}]`);
}

const KINDS = {
  button: clickable,
  workflow_button: clickable,
  icon_button: (one, block, context) => clickable({ ...one, text: one.text ?? { text: one.icon ?? "icon" } }, block, context),
  feedback_buttons: feedback,
  overflow,
  static_select: (...given) => menu(...given, options(given[0])),
  external_select: external,
  users_select: (...given) => menu(...given, people(), "selected_user", "initial_user"),
  conversations_select: (...given) => menu(...given, conversations(), "selected_conversation", "initial_conversation"),
  channels_select: (...given) => menu(...given, channels(), "selected_channel", "initial_channel"),
  multi_static_select: (...given) => several(...given, options(given[0])),
  multi_external_select: external,
  multi_users_select: (...given) => several(...given, people(), "selected_users", "initial_users"),
  multi_conversations_select: (...given) => several(...given, conversations(), "selected_conversations", "initial_conversations"),
  multi_channels_select: (...given) => several(...given, channels(), "selected_channels", "initial_channels"),
  checkboxes: (...given) => boxes(...given, "checkbox"),
  radio_buttons: (...given) => boxes(...given, "radio"),
  datepicker: (...given) => field(...given, "date", "selected_date", "initial_date"),
  timepicker: (...given) => field(...given, "time", "selected_time", "initial_time"),
  datetimepicker: moment,
  plain_text_input: (...given) => field(...given, "text", "value", "initial_value"),
  email_text_input: (...given) => field(...given, "email", "value", "initial_value"),
  url_text_input: (...given) => field(...given, "url", "value", "initial_value"),
  number_input: (...given) => field(...given, "number", "value", "initial_value"),
  rich_text_input: richField,
};

// What was put in

/** What was put in, in the blocks and elements that are there: a view that was updated may have lost some. */
export function valuesOf(blocks, form) {
  const there = new Map();
  for (const block of Array.isArray(blocks) ? blocks : []) {
    const inside = [...(block.elements ?? []), block.element, block.accessory].filter(Boolean);
    there.set(block.block_id ?? "", new Set(inside.map((one) => one.action_id ?? "")));
  }
  const kept = {};
  for (const [block, entries] of Object.entries(form)) {
    for (const [action, value] of Object.entries(entries)) if (there.get(block)?.has(action)) (kept[block] ??= {})[action] = value;
  }
  return kept;
}

function kept(one, block, context) {
  return context.form[block.block_id ?? ""]?.[one.action_id ?? ""];
}

function keep(one, block, context, value) {
  const at = (context.form[block.block_id ?? ""] ??= {});
  at[one.action_id ?? ""] = { type: one.type, ...value };
}

// Told at once outside of input blocks, and inside of those that ask for it.
function changed(one, block, context, value) {
  keep(one, block, context, value);
  if (block.type !== "input" || block.dispatch_action) confirmed(one, () => context.use(one, block, value));
}

function confirmed(one, then) {
  const asked = one.confirm;
  if (!asked) return then();
  const title = newId("confirm");
  const dialog = h("dialog", { class: "confirm", "aria-labelledby": title },
    h("h2", { id: title }, words(asked.title)), h("p", {}, textOf(asked.text)),
    h("p", { class: "row end" },
      button(words(asked.deny) || "Cancel", () => dialog.close()),
      button(words(asked.confirm) || "OK", () => { dialog.close(); then(); }, { class: asked.style === "danger" ? "danger" : "primary" })));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  return dialog.showModal();
}

// Buttons

function clickable(one, block, context) {
  const look = { primary: "primary", danger: "danger" }[one.style] ?? "";
  const name = { class: look, "aria-label": one.accessibility_label, data: { action: one.action_id ?? "" } };
  const click = () => confirmed(one, () => {
    const value = one.value === undefined ? {} : { value: one.value };
    if (safeUrl(one.url)) window.open(one.url, "_blank", "noopener,noreferrer");
    context.use(one, block, value);
  });
  return h("button", { type: "button", onclick: click, ...name }, plain(words(one.text)));
}

function feedback(one, block, context) {
  return h("span", { class: "row" }, [one.positive_button, one.negative_button].filter(Boolean).map((given) =>
    button(plain(words(given.text)), () => context.use(one, block, { value: given.value }), { "aria-label": given.accessibility_label })));
}

function overflow(one, block, context) {
  return h("details", { class: "overflow" }, h("summary", { "aria-label": "More actions" }, "⋯"),
    h("div", { class: "list" }, (one.options ?? []).map((option) => button(plain(words(option.text)), (event) => {
      event.target.closest("details").open = false;
      confirmed(one, () => context.use(one, block, { selected_option: option }));
    }))));
}

// Menus

const options = (one) => [
  ...(one.options ?? []).map((option) => ({ key: option.value, name: words(option.text), option })),
  ...(one.option_groups ?? []).flatMap((group) =>
    (group.options ?? []).map((option) => ({ key: option.value, name: words(option.text), option, group: words(group.label) }))),
];
const people = () => state.people.map((one) => ({ key: one.id, name: one.name }));
const channels = () => state.channels.filter((one) => one.kind === "public").map((one) => ({ key: one.id, name: `#${one.name}` }));
const conversations = () => state.channels.map((one) => ({ key: one.id, name: one.name }));

function choices(found) {
  const groups = Map.groupBy ? Map.groupBy(found, (one) => one.group ?? "") : new Map([["", found]]);
  return [...groups].map(([group, inside]) => {
    const made = inside.map((one) => h("option", { value: one.key }, one.name));
    return group ? h("optgroup", { label: group }, made) : made;
  });
}

function menu(one, block, context, label, found, name = "selected_option", initial = "initial_option") {
  const before = kept(one, block, context)?.[name] ?? one[initial] ?? null;
  keep(one, block, context, { [name]: before });
  const select = h("select", { "aria-label": label, data: { action: one.action_id ?? "" } },
    h("option", { value: "" }, words(one.placeholder) || "Choose"), choices(found));
  select.value = before?.value ?? before ?? "";
  select.addEventListener("change", () => {
    const chosen = found.find((each) => each.key === select.value);
    changed(one, block, context, { [name]: chosen ? (chosen.option ?? chosen.key) : null });
  });
  return select;
}

function several(one, block, context, label, found, name = "selected_options", initial = "initial_options") {
  const before = kept(one, block, context)?.[name] ?? one[initial] ?? [];
  keep(one, block, context, { [name]: before });
  const keys = before.map((each) => each.value ?? each);
  const select = h("select", { multiple: true, size: Math.min(5, Math.max(2, found.length)), "aria-label": label }, choices(found));
  for (const option of select.options) option.selected = keys.includes(option.value);
  select.addEventListener("change", () => {
    const chosen = [...select.selectedOptions].map((each) => found.find((other) => other.key === each.value));
    changed(one, block, context, { [name]: chosen.map((each) => each.option ?? each.key) });
  });
  return select;
}

// Options of the app's: asked for as somebody types.
function external(one, block, context, label) {
  const many = one.type.startsWith("multi");
  const shown = h("span", { class: "row" });
  const typed = h("input", { type: "search", placeholder: words(one.placeholder) || "Type to search", "aria-label": label });
  const place = h("span");
  const ask = async () => {
    const found = options((await context.suggest(one, block, typed.value)) ?? {});
    place.replaceChildren(many ? several(one, block, context, label, found) : menu(one, block, context, label, found));
  };
  let later;
  typed.addEventListener("input", () => {
    clearTimeout(later);
    if (typed.value.length >= (one.min_query_length ?? 3)) later = setTimeout(ask, 200);
  });
  if (one.min_query_length === 0) ask();
  shown.append(typed, place);
  return shown;
}

function boxes(one, block, context, label, type) {
  const many = type === "checkbox";
  const name = many ? "selected_options" : "selected_option";
  const before = kept(one, block, context)?.[name] ?? one[many ? "initial_options" : "initial_option"] ?? (many ? [] : null);
  keep(one, block, context, { [name]: before });
  const keys = (many ? before : [before]).map((each) => each?.value);
  const group = newId("choice");
  const read = () => {
    const chosen = (one.options ?? []).filter((_, at) => inputs[at].checked);
    changed(one, block, context, { [name]: many ? chosen : (chosen[0] ?? null) });
  };
  const inputs = (one.options ?? []).map((option) =>
    Object.assign(h("input", { type, name: group, onchange: read }), { checked: keys.includes(option.value) }));
  return h("span", { role: many ? "group" : "radiogroup", "aria-label": label, class: "boxes" }, (one.options ?? []).map((option, at) =>
    h("label", {}, inputs[at], h("span", {}, textOf(option.text), option.description ? h("small", {}, " ", textOf(option.description)) : ""))));
}

// Fields

function field(one, block, context, label, type, name, initial) {
  const before = kept(one, block, context)?.[name] ?? one[initial] ?? null;
  keep(one, block, context, { [name]: before });
  const about = {
    "aria-label": label, placeholder: words(one.placeholder), maxlength: one.max_length, minlength: one.min_length,
    min: one.min_value, max: one.max_value, step: type === "number" && one.is_decimal_allowed ? "any" : undefined,
    data: { action: one.action_id ?? "" }, value: before ?? "",
  };
  const input = one.multiline ? h("textarea", { rows: 4, ...about }) : h("input", { type, ...about });
  const now = () => ({ [name]: input.value === "" ? null : input.value });
  input.addEventListener("input", () => keep(one, block, context, now()));
  input.addEventListener("change", () => {
    const asked = one.dispatch_action_config?.trigger_actions_on ?? [];
    if (type === "date" || type === "time" || asked.length === 0 || asked.includes("on_character_entered")) changed(one, block, context, now());
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !one.multiline && one.dispatch_action_config) changed(one, block, context, now());
  });
  return input;
}

function moment(one, block, context, label) {
  const before = kept(one, block, context)?.selected_date_time ?? one.initial_date_time ?? null;
  keep(one, block, context, { selected_date_time: before });
  const local = (seconds) => new Date(seconds * 1000 - new Date(seconds * 1000).getTimezoneOffset() * 60000).toISOString().slice(0, 16);
  return h("input", {
    type: "datetime-local", "aria-label": label, value: before ? local(before) : "",
    onchange: (event) => changed(one, block, context, { selected_date_time: event.target.value ? Math.floor(new Date(event.target.value) / 1000) : null }),
  });
}

function richField(one, block, context, label) {
  const wrap = (text) => ({ type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "text", text }] }] });
  const letters = (value) => (value?.elements ?? []).flatMap((each) => each.elements ?? []).map((each) => each.text ?? "").join("");
  const before = kept(one, block, context)?.rich_text_value ?? one.initial_value ?? null;
  keep(one, block, context, { rich_text_value: before });
  return h("textarea", {
    rows: 4, "aria-label": label, placeholder: words(one.placeholder), value: letters(before),
    oninput: (event) => keep(one, block, context, { rich_text_value: event.target.value ? wrap(event.target.value) : null }),
  });
}
