// At the right: what Slack sees of the bot, and what can go wrong.

import { showJson } from "./dialogs.js";
import { button, fill, h, span } from "./dom.js";
import { faults } from "./faults.js";
import { act, now, on, state } from "./store.js";

const MOST_ROWS = 400;

/** The inspector, with its tabs. */
export function inspector() {
  const tabs = [["Log", log()], ["Connections", connections()], ["Faults and clock", faults()]];
  const panels = tabs.map(([, panel], at) => h("div", { role: "tabpanel", id: `panel-${at}`, "aria-labelledby": `tab-${at}`, hidden: at > 0, class: "panel" }, panel));
  const buttons = tabs.map(([name], at) => button(name, () => choose(at), { role: "tab", id: `tab-${at}`, "aria-controls": `panel-${at}`, "aria-selected": String(at === 0), tabindex: at ? "-1" : "0" }));

  function choose(chosen) {
    buttons.forEach((one, at) => {
      one.setAttribute("aria-selected", String(at === chosen));
      one.tabIndex = at === chosen ? 0 : -1;
      panels[at].hidden = at !== chosen;
    });
    buttons[chosen].focus();
  }

  const list = h("div", { role: "tablist", class: "tabs", "aria-label": "Behind the scenes" }, buttons);
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) choose((buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length);
  });
  const badge = () => {
    buttons[1].textContent = `Connections (${state.connections.filter((one) => one.open).length})`;
    buttons[2].textContent = `Faults and clock${state.faults.length ? ` (${state.faults.length} on)` : ""}`;
  };
  on("connections", badge);
  on("faults", badge);
  return h("aside", { class: "inspector", "aria-label": "Behind the scenes" }, list, panels);
}

function log() {
  const rows = new Map(); // by number: { row, node }
  const wanted = { words: "", call: true, event: true, control: false, wrong: false };
  const list = h("ol", { class: "log", tabindex: "0", "aria-label": "Calls and events, the newest first" });
  const lost = h("div");

  const fits = (row) => {
    if (wanted.wrong && !row.problem) return false;
    if (!wanted[row.kind]) return false;
    return !wanted.words || JSON.stringify(row).toLowerCase().includes(wanted.words);
  };
  const filter = () => rows.forEach(({ row, node }) => { node.hidden = !fits(row); });

  function take(row) {
    const node = rowNode(row);
    node.hidden = !fits(row);
    const before = rows.get(row.n);
    rows.set(row.n, { row, node });
    if (before) before.node.replaceWith(node);
    else list.prepend(node);
    if (rows.size > MOST_ROWS) {
      const [oldest, { node: last }] = rows.entries().next().value;
      rows.delete(oldest);
      last.remove();
    }
  }

  on("log", (told) => told.forEach(take));
  on("cleared", () => { rows.clear(); fill(list); });
  on("lost", (told) => fill(lost, told.slice(-5).map((one) => h("p", { class: "wrong" }, `⚠ ${one.kind} ${one.title}: the app did not acknowledge it in time (sent ${one.attempts} ${one.attempts === 1 ? "time" : "times"}).`))));
  const box = (name, text) => h("label", {}, Object.assign(h("input", { type: "checkbox", onchange: (event) => { wanted[name] = event.target.checked; filter(); } }), { checked: wanted[name] }), ` ${text}`);
  const words = h("input", { type: "search", placeholder: "Filter", "aria-label": "Filter the log", oninput: (event) => { wanted.words = event.target.value.toLowerCase(); filter(); } });
  return [h("div", { class: "row filters" }, words, box("call", "calls"), box("event", "events"), box("control", "pings"), box("wrong", "only what is wrong"), button("Clear", () => { rows.clear(); fill(list); })), lost, list];
}

function rowNode(row) {
  const arrow = row.kind === "call" ? "⇄" : row.out ? "→" : "←";
  const spoken = row.kind === "call" ? "call" : row.out ? "to the bot" : "from the bot";
  const time = new Date(row.at * 1000).toLocaleTimeString();
  const open = () => showJson(row.title, row.kind === "call" ? { method: row.where, arguments: row.asked ?? null, answer: row.said ?? "none yet", seconds: row.took } : row.said);
  const state_ = row.kind !== "call" ? "" : row.said === undefined ? "…" : row.said?.ok ? "ok" : "";
  return h("li", { class: row.problem ? `row-${row.kind} bad` : `row-${row.kind}`, data: { n: row.n } },
    button([h("span", { class: "arrow", role: "img", "aria-label": spoken }, arrow), h("span", { class: "grow" }, row.title, row.kind === "call" ? "" : h("small", {}, ` ${row.where}`)), h("small", {}, state_), h("time", {}, time)], open, { class: "item" }),
    row.problem ? h("p", { class: "wrong" }, row.problem) : "");
}

function connections() {
  const list = h("ul", { class: "connections" });
  const empty = h("p", { class: "nothing" }, "No bot is connected.");
  const ages = new Map();

  function node(one) {
    const age = h("small");
    if (one.open) ages.set(one, age);
    const ended = one.ended_at === null ? "opening" : `lasted ${span(one.ended_at - one.opened_at)}${one.close ? `, the client closed with ${one.close}` : ""}`;
    const ways = [["Say goodbye", "goodbye"], ["Close", "close"], ["FIN", "hang up"], ["RST", "cut"]];
    return h("li", { class: one.open ? "open" : "past" }, h("b", {}, `${one.number}. ${one.kind}`), ` ${one.who} `, one.open ? age : h("small", {}, ended),
      one.open ? h("div", { class: "row" }, ways.map(([name, how]) => button(name, () => act("connection", { number: one.number, how }), { "aria-label": `${name}: connection ${one.number}` }))) : "");
  }

  function paint() {
    ages.clear();
    empty.hidden = state.connections.some((one) => one.open);
    fill(list, [...state.connections].reverse().map(node));
    tick();
  }

  function tick() {
    for (const [one, age] of ages) age.textContent = `open for ${span(now() - one.opened_at)}`;
  }

  on("connections", paint);
  on("clock", tick);
  setInterval(tick, 1000);
  return [empty, list];
}
