// At the left: who one is, and the conversations there are.

import { ask } from "./dialogs.js";
import { button, fill, h } from "./dom.js";
import { icon } from "./icons.js";
import { act, on, state, tell } from "./store.js";

const unread = new Map(); // by channel: { count, mentions }

/** How much is unread in all. */
export function unreadInAll() {
  return [...unread.values()].reduce((sum, one) => sum + one.count, 0);
}

/** A message came in a conversation that is not looked at. */
export function noteUnread(channel, message) {
  const before = unread.get(channel) ?? { count: 0, mentions: 0 };
  const mentioned = String(message.text ?? "").includes(`<@${state.team.you}>`);
  unread.set(channel, { count: before.count + 1, mentions: before.mentions + (mentioned ? 1 : 0) });
  tell("unread");
}

/** A conversation was looked at. */
export function noteRead(channel) {
  if (unread.delete(channel)) tell("unread");
}

/** The sidebar; `become` and `go` do what is chosen. */
export function sidebar({ become, go, goHome }) {
  const who = h("select", { id: "who", onchange: (event) => become(event.target.value) });
  const channels = h("ul");
  const directs = h("ul");
  const search = h("input", { type: "search", id: "find", placeholder: "Find a conversation (Ctrl+K)", "aria-label": "Find a conversation", oninput: () => paint() });
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") node.querySelector("ul button")?.click();
    if (event.key === "Escape") { search.value = ""; paint(); }
  });
  const title = h("h1");
  const home = button([icon("home"), " Home of the app"], goHome, { class: "item" });
  const node = h("nav", { class: "sidebar", "aria-label": "Conversations" }, title,
    h("label", { class: "who", for: "who" }, "You are ", who), search,
    h("h2", {}, "Channels", button("+", addChannel, { "aria-label": "Add a channel", title: "Add a channel" })), channels,
    h("h2", {}, "Direct messages", button("+", addPerson, { "aria-label": "Add a person", title: "Add a person" })), directs,
    h("h2", {}, "App"), home);

  async function addChannel() {
    const name = await ask("Add a channel", "Its name", { placeholder: "project-x" });
    const made = name && (await act("add channel", { name }));
    if (made) go(made.channel);
  }

  async function addPerson() {
    const name = await ask("Add a person", "Their name", { placeholder: "dave" });
    if (name) act("add user", { name });
  }

  async function direct(user) {
    const made = await act("direct", { user });
    if (made) go(made.channel);
  }

  function item(name, onclick, { here = false, news = {}, extra = "" } = {}) {
    const { count = 0, mentions = 0 } = news;
    const badge = count ? h("span", { class: mentions ? "count mine" : "count" }, String(mentions || count), h("span", { class: "unseen" }, " unread")) : "";
    return h("li", {}, button([h("span", { class: "grow" }, name), extra, badge], onclick, { class: `item${count ? " new" : ""}`, "aria-current": here ? "page" : undefined }));
  }

  function paint() {
    const wanted = search.value.trim().toLowerCase();
    const fits = (name) => name.toLowerCase().includes(wanted);
    title.textContent = state.team.name || "A simulated Slack";
    fill(who, state.people.filter((one) => !one.bot).map((one) => h("option", { value: one.name }, one.name)));
    who.value = state.who;
    const rooms = state.channels.filter((one) => one.kind !== "im" && fits(one.name));
    fill(channels, rooms.map((one) => item(`${one.kind === "private" ? "🔒" : one.kind === "mpim" ? "👥" : "#"} ${one.name}`, () => go(one.id), { here: state.channel === one.id, news: unread.get(one.id) })));
    const others = state.people.filter((one) => one.id !== state.team.you && fits(one.name));
    fill(directs, others.map((one) => {
      const place = state.channels.find((each) => each.kind === "im" && each.member && each.name === one.name);
      const dot = h("span", { class: `dot ${one.presence}`, role: "img", "aria-label": one.presence });
      return item([dot, ` ${one.name}`], () => direct(one.name), { here: place && state.channel === place.id, news: place ? unread.get(place.id) : {}, extra: one.bot ? h("span", { class: "badge" }, "APP") : "" });
    }));
    if (state.channel === "home") home.setAttribute("aria-current", "page");
    else home.removeAttribute("aria-current");
  }

  for (const part of ["team", "people", "channels", "unread", "shown"]) on(part, paint);
  return { node, search };
}
