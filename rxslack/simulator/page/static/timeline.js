// A window on a conversation: some messages around what is seen, the rest stays on the server.

import { day, fill, h } from "./dom.js";
import { messageNode } from "./messages.js";
import { read } from "./server.js";
import { channelName, on, state, tell } from "./store.js";

const PAGE = 50; // messages asked for at once
const MOST = 150; // messages kept
const NEAR = 400; // pixels from an end at which more is asked for

export class Timeline {
  /** @param {{thread: boolean}} options whether it shows a thread's replies */
  constructor({ thread = false } = {}) {
    this.isThread = thread;
    this.channel = "";
    this.thread = "";
    this.items = []; // { ts, message, row }, oldest first
    this.moreBefore = false;
    this.atEnd = true;
    this.loading = false;
    this.late = null; // what is told while a part is asked for, which may know less
    this.dismissed = new Set();
    this.notices = [];
    this.list = h("div", { class: "messages", role: "feed", "aria-label": thread ? "Thread" : "Messages", tabindex: "0" });
    this.newer = h("button", { type: "button", class: "newer primary", hidden: true, onclick: () => this.open(this.channel, this.thread) }, "↓ Newest messages");
    this.node = h("div", { class: "timeline" }, this.list, this.newer);
    this.list.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.list.addEventListener("keydown", (event) => this.pressed(event));
    on("messages", (told) => told.forEach((one) => this.take(one)));
    on("ephemerals", () => this.showEphemerals());
    on("people", () => this.again());
    on("reset", () => this.channel && this.open(this.channel, this.thread));
    on("dismissed", (ts) => { this.dismissed.add(ts); this.remove(ts); });
    on("notice", (notice) => this.notice(notice));
  }

  /** Show the newest of a conversation, or a thread. */
  async open(channel, thread = "") {
    this.channel = channel;
    this.thread = thread;
    this.items = [];
    this.atEnd = true;
    this.moreBefore = false;
    const mine = (this.opening = {}); // of several at once, the last one counts
    this.late = null;
    if (!channel || (this.isThread && !thread)) return fill(this.list);
    this.list.setAttribute("aria-busy", "true");
    this.late = [];
    const found = await this.asked({ limit: PAGE });
    if (mine !== this.opening) return undefined;
    if (!found) return this.catchUp();
    this.moreBefore = found.more;
    this.items = [];
    fill(this.list, found.messages.map((message) => this.added(message)));
    this.items.forEach((_, at) => this.mark(at));
    this.catchUp();
    this.showEphemerals();
    this.toBottom();
    this.list.removeAttribute("aria-busy");
    performance.mark("messages-shown");
    return undefined;
  }

  async asked(fields) {
    try {
      return await read("messages", { as: state.who, channel: this.channel, ...(this.isThread ? { thread: this.thread } : {}), ...fields });
    } catch (error) {
      tell("trouble", error.message);
      return undefined;
    }
  }

  added(message, at = this.items.length) {
    const row = h("div", { class: "entry" }, messageNode(this.channel, message, { inThread: this.isThread }));
    this.items.splice(at, 0, { ts: message.ts, message, row });
    return row;
  }

  belongs(message) {
    const parent = message.thread_ts ?? message.ts;
    if (this.isThread) return parent === this.thread;
    return parent === message.ts || message.subtype === "thread_broadcast" || (message.is_ephemeral && !message.thread_ts);
  }

  /** A message that is new, or another one, or gone. */
  take({ channel, ts, message }) {
    if (channel !== this.channel) return;
    if (this.late) this.late.push({ channel, ts, message });
    else if (!message) this.remove(ts);
    else if (this.belongs(message)) this.put(message);
  }

  catchUp() {
    const late = this.late ?? [];
    this.late = null;
    late.forEach((one) => this.take(one));
  }

  put(message) {
    if (this.dismissed.has(message.ts)) return;
    const { at, found } = this.find(message.ts);
    if (found) this.replace(at, message);
    else this.insert(at, message);
  }

  replace(at, message) {
    const item = this.items[at];
    const low = this.isAtBottom();
    const inside = item.row.contains(document.activeElement);
    item.message = message;
    const node = messageNode(this.channel, message, { inThread: this.isThread });
    item.row.replaceChildren(node);
    this.mark(at);
    if (inside) node.focus({ preventScroll: true });
    if (low) this.toBottom();
  }

  insert(at, message) {
    if (at === 0 && this.moreBefore) return; // older than the window
    if (at === this.items.length && !this.atEnd) {
      this.newer.hidden = false;
      return;
    }
    const low = this.isAtBottom();
    const row = this.added(message, at);
    this.list.insertBefore(row, this.items[at + 1]?.row ?? null);
    this.mark(at);
    this.mark(at + 1);
    if (low) {
      this.trimTop();
      this.toBottom();
    } else if (at === this.items.length - 1) this.newer.hidden = false;
  }

  remove(ts) {
    const { at, found } = this.find(ts);
    if (!found) return;
    this.items[at].row.remove();
    this.items.splice(at, 1);
    this.mark(at);
  }

  find(ts) {
    let low = 0;
    let high = this.items.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.items[middle].ts < ts) low = middle + 1;
      else high = middle;
    }
    return { at: low, found: this.items[low]?.ts === ts };
  }

  // The day stands above its first message, and the name is said once for messages in a row.
  mark(at) {
    const item = this.items[at];
    if (!item) return;
    const before = this.items[at - 1];
    const today = day(item.ts);
    const newDay = !before || day(before.ts) !== today;
    const divider = item.row.querySelector(":scope > .day");
    if (newDay && !divider) item.row.prepend(h("div", { class: "day" }, h("span", {}, today)));
    if (!newDay && divider) divider.remove();
    const same = before && !newDay && Number(item.ts) - Number(before.ts) < 300 && before.message.user === item.message.user
      && before.message.bot_id === item.message.bot_id && before.message.username === item.message.username && !before.message.subtype === !item.message.subtype
      && !item.message.is_ephemeral && !before.message.is_ephemeral;
    item.row.lastElementChild.classList.toggle("follows", Boolean(same));
  }

  again() {
    this.items.forEach((item, at) => this.replace(at, item.message));
  }

  // What only one sees

  showEphemerals() {
    const mine = [...state.ephemerals, ...this.notices].filter((one) => one.channel === this.channel && this.ephemeralBelongs(one));
    const known = new Set(mine.map((one) => one.ts));
    for (const item of [...this.items]) if (item.message.is_ephemeral && !known.has(item.ts)) this.remove(item.ts);
    for (const one of mine) {
      const shown = this.items[this.find(one.ts).at];
      if (shown?.ts !== one.ts || JSON.stringify(shown.message) !== JSON.stringify({ ...one, is_ephemeral: true })) this.put({ ...one, is_ephemeral: true });
    }
  }

  ephemeralBelongs(one) {
    return this.isThread ? one.thread_ts === this.thread : !one.thread_ts;
  }

  notice({ channel, thread_ts, text }) {
    const ts = (Date.now() / 1000 + state.clock.ahead).toFixed(6);
    this.notices = [...this.notices.slice(-20), { type: "message", channel, thread_ts, user: "USLACKBOT", text, ts, is_ephemeral: true }];
    this.showEphemerals();
  }

  // The window moves

  isAtBottom() {
    const { scrollTop, scrollHeight, clientHeight } = this.list;
    return this.atEnd && scrollHeight - scrollTop - clientHeight < 60;
  }

  toBottom() {
    this.list.scrollTop = this.list.scrollHeight;
    this.newer.hidden = true;
  }

  async scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.list;
    if (this.isAtBottom()) this.newer.hidden = true;
    if (this.loading || this.isThread || !this.items.length) return;
    if (scrollTop < NEAR && this.moreBefore) await this.load("before");
    else if (scrollHeight - scrollTop - clientHeight < NEAR && !this.atEnd) await this.load("after");
  }

  async load(way) {
    this.loading = true;
    this.late = [];
    const edge = way === "before" ? this.items[0] : this.items.at(-1);
    const found = await this.asked({ [way]: edge.ts, limit: PAGE });
    this.loading = false;
    if (!found || !this.items.includes(edge)) return this.catchUp();
    const top = edge.row.getBoundingClientRect().top;
    const made = document.createDocumentFragment();
    if (way === "before") {
      found.messages.forEach((message, at) => made.append(this.added(message, at)));
      this.moreBefore = found.more;
      this.list.prepend(made);
      this.trimBottom();
    } else {
      found.messages.forEach((message) => made.append(this.added(message)));
      this.atEnd = !found.more;
      this.list.append(made);
      this.trimTop();
    }
    this.items.forEach((_, at) => this.mark(at));
    this.list.scrollTop += edge.row.getBoundingClientRect().top - top; // what was seen stays where it was
    return this.catchUp();
  }

  trimTop() {
    const surplus = this.items.splice(0, Math.max(0, this.items.length - MOST));
    surplus.forEach((item) => item.row.remove());
    if (surplus.length) {
      this.moreBefore = true;
      this.mark(0);
    }
  }

  trimBottom() {
    const surplus = this.items.splice(MOST);
    surplus.forEach((item) => item.row.remove());
    if (surplus.length) this.atEnd = false;
  }

  // Arrows move from message to message, Tab into one.

  pressed(event) {
    const step = { ArrowDown: 1, ArrowUp: -1, End: Infinity, Home: -Infinity }[event.key];
    if (!step || event.target.closest("input,textarea,select,button,summary,dialog")) return;
    event.preventDefault();
    const at = this.items.findIndex((item) => item.row.contains(document.activeElement));
    const next = Math.max(0, Math.min(this.items.length - 1, at < 0 ? this.items.length - 1 : at + step));
    this.focus(next);
  }

  focus(at) {
    for (const button of this.list.querySelectorAll(".tools button[tabindex='0']")) button.tabIndex = -1;
    const node = this.items[at]?.row.lastElementChild;
    if (!node) return;
    for (const button of node.querySelectorAll(".tools button")) button.tabIndex = 0;
    node.focus();
    node.scrollIntoView({ block: "nearest" });
  }

  get title() {
    return this.isThread ? `Thread in ${channelName(this.channel)}` : channelName(this.channel);
  }
}
