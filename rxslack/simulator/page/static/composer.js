// Where one types: messages, slash commands, files; with suggestions for names and emoji.

import { button, fill, h } from "./dom.js";
import { icon } from "./icons.js";
import { NAMES, emoji } from "./emoji.js";
import { upload } from "./server.js";
import { act, channelName, channelOf, on, state, tell } from "./store.js";

const TYPING_EVERY = 3000; // milliseconds

/** A composer; `where` says to which channel and thread it belongs now. */
export function composer(where, { id, broadcast = false } = {}) {
  const field = h("textarea", { rows: 1, id, "aria-autocomplete": "list", "aria-controls": `${id}-list`, autocomplete: "off" });
  const list = h("div", { class: "suggestions", id: `${id}-list`, role: "listbox", "aria-label": "Suggestions", hidden: true });
  const also = h("input", { type: "checkbox" });
  const chooser = h("input", { type: "file", hidden: true, multiple: true, "aria-label": "Files", onchange: () => { share(chooser.files); chooser.value = ""; } });
  const attach = button(icon("attach"), () => chooser.click(), { title: "Share a file", "aria-label": "Share a file" });
  const send = button("Send", () => submit(), { class: "primary" });
  const join = button("Join", () => act("join", { channel: where().channel }), { class: "primary" });
  const prompts = h("div", { class: "row prompts" });
  const note = h("p", {}, "You are looking at a channel that you have not joined. ", join);
  const writes = h("div", { class: "writes" }, attach, chooser, field, send);
  const node = h("div", { class: "composer" }, prompts, note, writes, broadcast ? h("label", { class: "also" }, also, " Also send to the channel") : "", list);
  const suggest = suggestions(field, list);
  let typedAt = 0;

  function show() {
    const { channel } = where();
    const here = channelOf(channel);
    const inside = here?.member ?? false;
    note.hidden = inside || !here;
    writes.hidden = !inside;
    field.setAttribute("aria-label", broadcast ? "Reply" : `Message to ${channelName(channel)}`);
    field.placeholder = broadcast ? "Reply…" : `Message ${channelName(channel)}, or /command`;
    fill(prompts, (state.agents.prompts[channel] ?? []).map((one) => button(one.title, () => { field.value = one.message; submit(); })));
  }

  async function submit() {
    const text = field.value.trim();
    if (!text) return;
    const { channel, thread } = where();
    field.value = "";
    grow();
    suggest.close();
    if (/^\/\w/.test(text)) return command(channel, thread, text);
    const said = await act("say", { channel, text, thread_ts: thread, broadcast: also.checked ? "yes" : "" });
    also.checked = false;
    if (!said && !field.value) field.value = text; // it was not sent
    return undefined;
  }

  async function command(channel, thread, text) {
    const done = await act("command", { channel, text });
    if (done?.failed) tell("notice", { channel, thread_ts: thread || undefined, text: `\`${text.split(" ")[0]}\` failed because the app did not respond. It is to acknowledge a command within three seconds; is it connected over Socket Mode?` });
  }

  async function share(files) {
    const { channel, thread } = where();
    for (const file of files) {
      try {
        await upload(state.who, { channel, name: file.name, thread_ts: thread, text: field.value.trim() }, file);
        field.value = "";
      } catch (error) {
        tell("trouble", error.message);
      }
    }
  }

  function grow() {
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight, 200)}px`;
  }

  field.addEventListener("input", () => {
    grow();
    suggest.look();
    if (Date.now() - typedAt > TYPING_EVERY && field.value && !field.value.startsWith("/")) {
      typedAt = Date.now();
      act("typing", { channel: where().channel });
    }
  });
  field.addEventListener("keydown", (event) => {
    if (suggest.pressed(event)) return;
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      submit();
    }
  });
  field.addEventListener("paste", (event) => event.clipboardData?.files.length && share(event.clipboardData.files));
  node.addEventListener("dragover", (event) => event.preventDefault());
  node.addEventListener("drop", (event) => { event.preventDefault(); share(event.dataTransfer.files); });
  on("channels", show);
  on("agents", show);
  on("shown", show);
  show();
  return { node, field, show };
}

// Names after "@", "#" and ":".
function suggestions(field, list) {
  let found = [];
  let chosen = 0;

  function close() {
    found = [];
    list.hidden = true;
    field.removeAttribute("aria-activedescendant");
  }

  function look() {
    const [, mark, word] = /(?:^|\s)([@#:])([\w.+-]*)$/.exec(field.value.slice(0, field.selectionStart)) ?? [];
    if (!mark || (mark === ":" && word.length < 2)) return close();
    found = offered(mark).filter((one) => one.word.startsWith(word.toLowerCase())).slice(0, 6);
    chosen = 0;
    return found.length ? show(word.length) : close();
  }

  function show(length) {
    list.hidden = false;
    fill(list, found.map((one, at) => h("div", { role: "option", id: `${list.id}-${at}`, "aria-selected": String(at === chosen), onmousedown: (event) => { event.preventDefault(); take(at, length); } }, one.shown)));
    field.setAttribute("aria-activedescendant", `${list.id}-${chosen}`);
  }

  function take(at) {
    const before = field.value.slice(0, field.selectionStart).replace(/[\w.+-]*$/, `${found[at].text} `);
    field.value = before + field.value.slice(field.selectionStart);
    field.setSelectionRange(before.length, before.length);
    close();
  }

  function pressed(event) {
    if (list.hidden) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      chosen = (chosen + step + found.length) % found.length;
      show();
    } else if (event.key === "Enter" || event.key === "Tab") take(chosen);
    else if (event.key === "Escape") close();
    else return false;
    event.preventDefault();
    return true;
  }

  return { look, pressed, close };
}

function offered(mark) {
  if (mark === ":") return NAMES.map((name) => ({ word: name, text: `${name}:`, shown: `${emoji(name)} :${name}:` }));
  if (mark === "#") return state.channels.filter((one) => one.kind === "public" || one.kind === "private").map((one) => ({ word: one.name, text: one.name, shown: `#${one.name}` }));
  return [...state.people.map((one) => one.name), "here", "channel", "everyone"].map((name) => ({ word: name, text: name, shown: `@${name}` }));
}
