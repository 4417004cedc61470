// A switch for each fault, and the clock.

import { button, fill, h } from "./dom.js";
import { read } from "./server.js";
import { mrkdwn } from "./text.js";
import { act, channelOf, now, on, state, tell } from "./store.js";

const WALKS = [["30 seconds later", 30], ["3 minutes later", 180], ["1 hour later", 3600], ["8 hours later", 8 * 3600]];

/** The panel. */
export function faults() {
  const active = h("div", { "aria-live": "polite" });
  const table = h("div");
  const odd = h("select", { "aria-label": "Odd event" });
  read("table").then((found) => {
    fill(table, groups(found.faults));
    fill(odd, found.odd_events.map((name) => h("option", { value: name }, name)));
  }, (error) => tell("trouble", error.message));
  on("faults", () => fill(active, state.faults.map(shown)));
  return [clock(),
    h("h3", {}, "At once"),
    h("div", { class: "row" },
      button("Say goodbye now", () => act("goodbye"), { title: "On every connection; it ends five seconds later" }),
      button("Move to another server", () => act("migrate"), { title: "team_migration_started, and the end" })),
    h("div", { class: "row" }, odd, button("Send it", () => act("odd event", { name: odd.value, channel: channelOf(state.channel) ? state.channel : "general" }))),
    h("h3", {}, "On now"), active, h("h3", {}, "Faults"), table];
}

function clock() {
  const time = h("time", { class: "clock" });
  const tick = () => { time.textContent = new Date(now() * 1000).toLocaleString(); };
  setInterval(tick, 1000);
  on("clock", tick);
  return [h("h3", {}, "The clock of this Slack"), h("p", {}, time),
    h("div", { class: "row" }, WALKS.map(([name, seconds]) => button(name, () => act("advance", { seconds }))))];
}

function shown(one) {
  const fields = Object.entries(one.fields).map(([name, value]) => `${name} ${typeof value === "object" ? JSON.stringify(value) : value}`).join(", ");
  const count = one.given !== undefined ? `struck ${one.given}×` : one.waiting !== undefined ? `${one.waiting} waiting` : "";
  return h("div", { class: "on row" }, h("span", { class: "grow" }, h("b", {}, title(one.name)), " ", h("small", {}, fields, " ", count)),
    button("End", () => act("end fault", { number: one.number }), { "aria-label": `End ${title(one.name)}` }));
}

const title = (name) => name.replaceAll("_", " ");

function groups(all) {
  return [...new Set(all.map((one) => one.group))].map((group) =>
    h("section", { "aria-label": group }, h("h4", {}, group), all.filter((one) => one.group === group).map(fault)));
}

function fault(one) {
  const fields = new Map(one.fields.map((field) => [field, input(field)]));
  const begin = async (event) => {
    event.preventDefault();
    const values = {};
    for (const [field, node] of fields) values[field.name] = field.kind === "check" ? node.checked : node.value;
    await act("begin fault", { name: one.name, fields: values });
  };
  const method = one.fields.some((field) => field.name === "method" && field.needed);
  return h("details", { class: "fault", data: { fault: one.name } }, h("summary", {}, title(one.name)),
    h("form", { onsubmit: begin }, h("p", {}, mrkdwn(one.does)), [...fields].map(([field, node]) => h("label", {}, `${field.name.replaceAll("_", " ")}${field.needed ? " (needed)" : ""} `, node)),
      method ? h("small", {}, "A method such as chat.postMessage; * for all.") : "", h("p", { class: "row end" }, h("button", { class: "primary" }, "Switch on"))));
}

function input(field) {
  if (field.kind === "choice") {
    const select = h("select", {}, field.needed ? "" : h("option", { value: "" }, ""), field.choices.map((one) => h("option", { value: one }, one || "(empty)")));
    select.value = field.default === "" && field.needed ? field.choices[0] : field.default;
    return select;
  }
  if (field.kind === "check") return Object.assign(h("input", { type: "checkbox" }), { checked: field.default });
  const type = field.kind === "number" ? "number" : "text";
  return h("input", { type, step: field.whole ? 1 : "any", value: field.default, required: field.needed });
}
