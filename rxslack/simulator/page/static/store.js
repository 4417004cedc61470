// What the page knows, and who is told when it changes.

import { act as doing } from "./server.js";

export const state = {
  who: "", // the name of the person one is
  team: { id: "", name: "", bot: { id: "", user: "", name: "" }, you: "" },
  people: [],
  channels: [],
  connections: [],
  faults: [],
  modals: [],
  home: null,
  ephemerals: [],
  agents: { sessions: [], statuses: [], titles: [], prompts: {} },
  clock: { ahead: 0 },
  lost: [],
  channel: "", // the id of the one that is shown
  thread: "", // the ts of the parent whose thread is shown
};

const watchers = new Map();

/** Call a function whenever a part is told anew. */
export function on(name, watcher) {
  watchers.set(name, [...(watchers.get(name) || []), watcher]);
}

/** Tell those who watch a part; the value is kept when the part is one of the state. */
export function tell(name, value) {
  if (name in state) state[name] = value;
  for (const watcher of watchers.get(name) || []) watcher(value);
}

/** Do something as the person one is; what is wrong is shown. */
export async function act(what, fields = {}) {
  try {
    return await doing(what, state.who, fields);
  } catch (error) {
    tell("trouble", error.message);
    return undefined;
  }
}

/** The name of a person or a bot by any of its ids. */
export function nameOf(id) {
  if (id === state.team.bot.id) return state.team.bot.name;
  if (id === "USLACKBOT") return "Slackbot";
  return state.people.find((one) => one.id === id)?.name ?? id;
}

/** A conversation by its id. */
export function channelOf(id) {
  return state.channels.find((one) => one.id === id);
}

/** How a conversation is called. */
export function channelName(id) {
  const found = channelOf(id);
  if (!found) return id;
  return found.kind === "im" || found.kind === "mpim" ? found.name : `#${found.name}`;
}

/** The time of the workspace in seconds. */
export function now() {
  return Date.now() / 1000 + state.clock.ahead;
}
