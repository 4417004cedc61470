// The page begins here: a frame, then one stream of what happens.

import { composer } from "./composer.js";
import { ask } from "./dialogs.js";
import { announce, button, fill, h } from "./dom.js";
import { icon } from "./icons.js";
import { inspector } from "./inspector.js";
import { authorOf } from "./messages.js";
import { home, modals } from "./modal.js";
import { follow } from "./server.js";
import { noteRead, noteUnread, sidebar, unreadInAll } from "./sidebar.js";
import { act, channelName, channelOf, nameOf, on, state, tell } from "./store.js";
import { Timeline } from "./timeline.js";

const app = document.getElementById("app");

function keyWanted(why) {
  const field = h("input", { type: "text", name: "key", autocomplete: "off", required: true });
  const open = (event) => {
    event.preventDefault();
    location.hash = field.value.trim().split("#").pop();
    location.reload();
  };
  fill(app, h("main", { class: "gate" }, h("h1", {}, "A simulated Slack"),
    h("p", {}, why), h("p", {}, "Open the address that ", h("code", {}, "rxslack simulate"), " printed, or put it in here. What follows its # is the key, another one in each run."),
    h("form", { onsubmit: open }, h("label", {}, "Address or key ", field), " ", h("button", { class: "primary" }, "Open")),
    h("p", {}, "Bots need no page: their base URL is ", h("code", {}, `${location.origin}/api/`), ".")));
  field.focus();
}

function begin() {
  const main = new Timeline();
  const thread = new Timeline({ thread: true });
  const write = composer(() => ({ channel: state.channel, thread: "" }), { id: "write" });
  const reply = composer(() => ({ channel: state.channel, thread: state.thread }), { id: "reply", broadcast: true });
  const homeTab = home();
  const side = sidebar({ become, go, goHome });
  const title = h("h2", { class: "grow" });
  const members = h("small");
  const doing = h("p", { class: "doing", role: "status" });
  const doingInThread = h("div", { class: "doing", role: "status" });
  const connection = h("p", { class: "banner", role: "status", hidden: true });
  const trouble = h("p", { class: "banner wrong", role: "alert", hidden: true });
  const threadTitle = h("h2", { class: "grow", id: "thread-title" });
  const threadPane = h("section", { class: "thread", "aria-labelledby": "thread-title", hidden: true },
    h("header", { class: "row bar" }, threadTitle, button(icon("close"), () => tell("thread", ""), { "aria-label": "Close the thread" })), thread.node, doingInThread, reply.node);
  const inspect = inspector();
  const talk = h("div", { class: "talk" }, main.node, doing, write.node);
  const center = h("main", { class: "center" },
    h("header", { class: "row bar" }, title, members,
      button([icon("bolt"), " Shortcut"], shortcut, { title: "Use a global shortcut of the app" }),
      button(icon("theme"), dark, { "aria-label": "Dark or light", title: "Dark or light" }),
      button("Behind the scenes", () => { inspect.hidden = !inspect.hidden; }, { "aria-controls": "inspector" })),
    connection, trouble, talk, homeTab.node);
  inspect.id = "inspector";
  homeTab.node.hidden = true;
  fill(app, h("div", { class: "frame" }, side.node, center, threadPane, inspect));
  modals();

  let stop = () => {};
  const typing = new Map(); // who types where, and until when
  const newest = new Map(); // the ts that was seen last, by channel

  function become(name) {
    stop();
    state.who = name;
    if (name) remember("who", name);
    state.modals = [];
    state.ephemerals = [];
    let first = true;
    tell("cleared");
    stop = follow(name, (what, value) => {
      tell(what, value);
      if (what === "channels" && first) {
        first = false;
        const before = recall("channel");
        go(channelOf(state.channel) ? state.channel : channelOf(before) ? before : (state.channels.find((one) => one.name === "general") ?? state.channels[0])?.id);
      }
    }, lived);
  }

  function lived(how, why = "") {
    if (/key is not/.test(why)) return keyWanted("The key in this address is not the one of the Slack that runs here now.");
    if (/is called/.test(why) && state.who) return become(""); // a person of another workspace's
    connection.hidden = how === "live";
    connection.textContent = `The simulated Slack does not answer${why ? ` (${why})` : ""}. Trying again…`;
    if (how === "live" && state.channel && state.channel !== "home" && main.items.length) {
      tell("cleared");
      tell("reset");
    }
    return undefined;
  }

  function go(channel) {
    if (!channel) return;
    state.channel = channel;
    remember("channel", channel);
    noteRead(channel);
    talk.hidden = false;
    homeTab.node.hidden = true;
    if (state.thread) tell("thread", "");
    main.open(channel);
    tell("shown");
    write.field.focus();
  }

  function goHome() {
    state.channel = "home";
    talk.hidden = true;
    homeTab.node.hidden = false;
    if (state.thread) tell("thread", "");
    homeTab.paint();
    tell("shown");
    act("home");
  }

  async function shortcut() {
    const callback_id = await ask("Use a global shortcut of the app", "callback_id", { placeholder: "as the app knows it" });
    const done = callback_id && (await act("shortcut", { callback_id }));
    if (done?.failed) tell("trouble", "The app did not react in time to the shortcut.");
  }

  function head() {
    const here = channelOf(state.channel);
    title.textContent = state.channel === "home" ? `Home of ${state.team.bot.name}` : channelName(state.channel);
    members.textContent = here ? `${here.members} members` : "";
    const waiting = unreadInAll();
    document.title = `${waiting ? `(${waiting}) ` : ""}${title.textContent || "A simulated Slack"}`;
  }

  function watchNews(told) {
    for (const { channel, ts, message } of told) {
      if (!message || ts <= (newest.get(channel) ?? "")) continue;
      newest.set(channel, ts);
      if (message.user === state.team.you && !message.bot_id) continue;
      typing.delete(`${channel}|${message.user}`);
      if (channel === state.channel) announce(`${authorOf(message).name}: ${String(message.text ?? "").slice(0, 200)}`);
      else noteUnread(channel, message);
    }
    showDoing();
  }

  function showDoing() {
    const until = Date.now();
    for (const [key, end] of typing) if (end < until) typing.delete(key);
    const names = [...typing.keys()].filter((key) => key.startsWith(`${state.channel}|`)).map((key) => nameOf(key.split("|")[1]));
    const types = names.length ? `${names.join(", ")} ${names.length === 1 ? "is" : "are"} typing…` : "";
    const here = state.agents.statuses.filter((one) => one.channel === state.channel);
    const said = (one) => `${state.team.bot.name} ${one.text}`;
    say(doing, [types, ...here.map(said)].filter(Boolean).join(" · "));
    const busy = state.agents.sessions.find((one) => one.channel === state.channel && one.ts === state.thread && one.status === "processing");
    const status = here.filter((one) => one.ts === state.thread).map(said).join(" · ");
    const line = `${busy ? "busy" : ""}${status}`;
    if (doingInThread.dataset.line !== line) {
      doingInThread.dataset.line = line;
      fill(doingInThread, status, busy ? button("◼ Stop", () => act("stop", { channel: busy.channel, ts: busy.ts }), { "aria-label": "Stop" }) : "");
    }
  }

  const say = (node, text) => { if (node.textContent !== text) node.textContent = text; };

  function showThread(ts) {
    state.thread = ts;
    threadPane.hidden = !ts;
    thread.open(state.channel, ts);
    if (!ts) return;
    const titled = state.agents.titles.find((one) => one.channel === state.channel && one.ts === ts) ?? state.agents.sessions.find((one) => one.channel === state.channel && one.ts === ts);
    threadTitle.textContent = titled?.text || titled?.title || "Thread";
    reply.show();
    reply.field.focus();
    showDoing();
  }

  let hiding;
  on("trouble", (why) => {
    trouble.textContent = why;
    trouble.hidden = false;
    clearTimeout(hiding);
    hiding = setTimeout(() => { trouble.hidden = true; }, 8000);
  });
  on("thread", showThread);
  on("messages", watchNews);
  on("typing", (told) => {
    for (const one of told) if (one.user !== state.team.you) typing.set(`${one.channel}|${one.user}`, Date.now() + 5000);
    showDoing();
  });
  on("agents", showDoing);
  on("people", () => { if (!state.who) state.who = nameOf(state.team.you); });
  for (const part of ["channels", "people", "shown", "unread", "team"]) on(part, head);
  setInterval(showDoing, 1000);

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "k") {
      event.preventDefault();
      side.search.focus();
    }
    if (event.key === "Escape" && state.thread && !document.querySelector("dialog[open]")) tell("thread", "");
  });
  // A page that is left may be kept for the way back; its stream would go on, and a browser has six connections.
  addEventListener("pagehide", () => stop());
  addEventListener("pageshow", (event) => { if (event.persisted) become(state.who); });
  become(recall("who"));
}

function dark() {
  const isDark = document.documentElement.dataset.theme ? document.documentElement.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = isDark ? "light" : "dark";
  remember("theme", document.documentElement.dataset.theme);
}

function remember(name, value) {
  try {
    localStorage.setItem(`rxslack ${name}`, value);
  } catch { /* a browser may keep nothing; then nothing is remembered */ }
}

function recall(name) {
  try {
    return localStorage.getItem(`rxslack ${name}`) ?? "";
  } catch {
    return "";
  }
}

if (recall("theme")) document.documentElement.dataset.theme = recall("theme");
addEventListener("hashchange", () => location.reload());
if (location.hash.length > 1) begin();
else keyWanted("This page shows a workspace, to those who have its key.");
