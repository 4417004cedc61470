// One message: who said it, what, what others made of it, and what can be done with it.

import { attachment, blocks } from "./blocks.js";
import { ask, showJson } from "./dialogs.js";
import { button, clockTime, h } from "./dom.js";
import { valuesOf } from "./elements.js";
import { emoji } from "./emoji.js";
import { file } from "./files.js";
import { icon } from "./icons.js";
import { act, nameOf, state, tell } from "./store.js";
import { mrkdwn } from "./text.js";

const QUIET = new Set(["channel_join", "channel_leave", "group_join", "group_leave", "channel_topic", "channel_purpose", "channel_name", "tombstone", "bot_add", "pinned_item"]);
const forms = new Map(); // what was put into the fields of messages, by their ts
const MOST_FORMS = 200;

/** Who said it: a name, and whether it is an app. */
export function authorOf(message) {
  const app = Boolean(message.bot_id) || message.subtype === "bot_message";
  if (message.username) return { name: message.username, app };
  const name = message.user ? nameOf(message.user) : (message.bot_profile?.name ?? nameOf(message.bot_id ?? ""));
  return { name: name || "somebody", app };
}

/** Where blocks of a message are, for elements.js. */
function contextOf(channel, message) {
  const key = `${channel}|${message.ts}`;
  if (!forms.has(key)) forms.set(key, {});
  if (forms.size > MOST_FORMS) forms.delete(forms.keys().next().value);
  const form = forms.get(key);
  const where = (one, block) => ({ action_id: one.action_id ?? "", block_id: block.block_id ?? "", channel, ts: message.ts });
  return {
    form,
    use: async (one, block, value) => {
      const done = await act("click", { ...where(one, block), action: value, values: valuesOf(message.blocks, form) });
      if (done?.failed) tell("notice", { channel, thread_ts: message.thread_ts, text: "The app did not react in time to what you did. Slack shows a warning sign beside the element." });
    },
    suggest: async (one, block, typed) => (await act("suggest", { ...where(one, block), typed }))?.response,
  };
}

/** A message as a node; `inThread` when its thread is around it. */
export function messageNode(channel, message, { inThread = false } = {}) {
  const author = authorOf(message);
  const label = `${author.name}, ${clockTime(message.ts)}`;
  const classes = ["message", message.is_ephemeral ? "ephemeral" : "", QUIET.has(message.subtype) ? "quiet" : ""];
  return h("article", { class: classes.join(" ").trim(), tabindex: "-1", "aria-label": label, data: { ts: message.ts } },
    avatar(message, author),
    h("div", { class: "said" },
      message.is_ephemeral ? h("small", { class: "only" }, icon("eye"), " Only visible to you") : "",
      h("div", { class: "by" }, h("b", {}, author.name), author.app ? h("span", { class: "badge" }, "APP") : "", h("time", { datetime: new Date(Number(message.ts) * 1000).toISOString() }, clockTime(message.ts))),
      body(channel, message),
      reactions(channel, message),
      inThread ? "" : thread(message)),
    toolbar(channel, message, inThread));
}

function avatar(message, author) {
  const icon = message.icons?.emoji ? emoji(message.icons.emoji.replaceAll(":", "")) : author.name.slice(0, 1).toUpperCase();
  const number = [...author.name].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % 8;
  return h("span", { class: `avatar a${number}`, "aria-hidden": "true" }, icon);
}

function huddle(room) {
  if (room.has_ended) return "The huddle has ended.";
  return `In a huddle: ${(room.participants ?? []).map(nameOf).join(", ")}`;
}

function body(channel, message) {
  const context = contextOf(channel, message);
  const own = Array.isArray(message.blocks) && message.blocks.length;
  const text = message.subtype === "me_message" ? h("i", {}, mrkdwn(message.text)) : mrkdwn(message.text);
  return h("div", { class: "body" },
    message.subtype === "thread_broadcast" ? h("small", {}, "replied to a thread") : "",
    message.room ? h("p", { class: "context" }, huddle(message.room)) : "",
    own ? blocks(message.blocks, context) : h("div", { class: "text" }, text),
    message.edited ? h("small", { class: "edited", title: `by ${nameOf(message.edited.user)}` }, " (edited)") : "",
    message.streaming_state === "in_progress" ? h("span", { class: "growing", role: "img", "aria-label": "still growing" }, "▍") : "",
    message.streaming_state === "errored" ? h("p", { class: "wrong" }, "This answer was cut off.") : "",
    (message.attachments ?? []).map((one) => attachment(one, context)),
    (message.files ?? []).map(file));
}

function reactions(channel, message) {
  const given = message.reactions ?? [];
  if (!given.length) return "";
  return h("div", { class: "row reactions" }, given.map((one) => {
    const mine = one.users.includes(state.team.you);
    const who = one.users.map(nameOf).join(", ");
    return button([emoji(one.name), " ", String(one.count)], () => act("react", { channel, ts: message.ts, emoji: one.name }),
      { class: mine ? "reaction mine" : "reaction", "aria-pressed": String(mine), title: `:${one.name}: ${who}`, "aria-label": `${one.name}, ${one.count}: ${who}` });
  }));
}

function thread(message) {
  if (!message.reply_count) return "";
  const count = message.reply_count;
  return button([icon("thread"), ` ${count} ${count === 1 ? "reply" : "replies"}`], () => tell("thread", message.ts), { class: "link replies" });
}

function toolbar(channel, message, inThread) {
  const mine = message.user === state.team.you && !message.bot_id;
  const tools = [["JSON", "Show the JSON", () => showJson("This message", message)]];
  if (message.is_ephemeral) tools.unshift([icon("close"), "Dismiss", () => tell("dismissed", message.ts)]);
  else {
    tools.unshift(
      [emoji("thumbsup"), "React with thumbsup", () => act("react", { channel, ts: message.ts, emoji: "thumbsup" })],
      [icon("smile"), "React with another emoji", () => react(channel, message)],
      ...(inThread ? [] : [[icon("thread"), "Reply in thread", () => tell("thread", message.thread_ts ?? message.ts)]]),
      [icon("bolt"), "Use a shortcut of the app", () => shortcut(channel, message)],
      ...(mine ? [[icon("edit"), "Edit", () => edit(channel, message)], [icon("trash"), "Delete", () => act("delete", { channel, ts: message.ts })]] : []));
  }
  return h("div", { class: "tools", role: "group", "aria-label": "What to do with this message" },
    tools.map(([sign, name, onclick]) => button(sign, onclick, { title: name, "aria-label": name, tabindex: "-1" })));
}

async function react(channel, message) {
  const name = await ask("React with an emoji", "Its name", { placeholder: "tada", emoji: true });
  if (name) act("react", { channel, ts: message.ts, emoji: name });
}

async function edit(channel, message) {
  const text = await ask("Edit the message", "Text", { value: readable(message), long: true });
  if (text) act("edit", { channel, ts: message.ts, text });
}

async function shortcut(channel, message) {
  const callback_id = await ask("Use a shortcut of the app", "callback_id", { placeholder: "as the app knows it" });
  if (!callback_id) return;
  const done = await act("shortcut", { channel, ts: message.ts, callback_id });
  if (done?.failed) tell("notice", { channel, text: "The app did not react in time to the shortcut." });
}

// As it was typed: names in place of ids.
function readable(message) {
  return String(message.text ?? "")
    .replace(/<@(\w+)>/g, (_, id) => `@${nameOf(id)}`)
    .replace(/<#\w+\|([^>]*)>/g, "#$1")
    .replace(/<!(\w+)>/g, "@$1")
    .replace(/<([^|>]+)(?:\|[^>]*)?>/g, "$1")
    .replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
}
