// The page of a live view. It has all that it needs: nothing is loaded, and every text is set as text.
//
// The kernel says what is new (`news`, a synced dict) and answers what is asked (custom messages). The page
// filters, pauses, scrolls and opens what it holds by itself, at once, also while the kernel is busy; what it
// does not hold it asks for, and adds when the answer comes.

const MOST = 3000; // rows that a page holds
const HEIGHT = 24; // pixels of a row, as in the stylesheet
const LIST = 300; // choices in a list
const COLOURS = ["#4a90d9", "#e2a33c", "#4caf7d", "#b36ad6", "#d9655f", "#4bb8c4", "#9a9a9a"];

class Store {
  constructor(model) {
    this.model = model;
    this.page = Math.random().toString(36).slice(2);
    this.rows = new Map(); // by number
    this.names = new Map();
    this.gone = new Map(); // "channel:ts" of what was edited or deleted, to the number of the change
    this.head = null;
    this.wanted = { text: "", kind: "", channel: "", user: "" };
    this.frozen = null; // the rows when it was paused
    this.open = null; // the row whose detail is shown
    this.thread = null;
    this.scroll = 0;
    this.oldest = 0; // number that the kernel keeps
    this.exhausted = false; // whether there is nothing older that is looked for
    this.asked = 0;
    this.painters = new Set();
    this.due = false;
    model.on("change:news", () => this.take(model.get("news")));
    model.on("msg:custom", (message) => this.take(message));
    this.take(model.get("news"));
  }

  take(news) {
    if (!news || !(news.rows || news.head)) return;
    if (news.head) this.head = news.head;
    for (const [id, name] of Object.entries(news.names || {})) this.names.set(id, name);
    for (const row of news.rows || []) this.add(row);
    if (news.answer !== undefined) {
      this.oldest = news.oldest;
      if (news.answer.startsWith("find")) this.exhausted = !news.more;
    }
    if (this.rows.size > MOST) {
      const numbers = [...this.rows.keys()].sort((a, b) => a - b);
      for (const number of numbers.slice(0, numbers.length - MOST)) this.rows.delete(number);
    }
    this.paint();
  }

  add(row) {
    this.rows.set(row.n, row);
    if (row.ts && /message_(changed|deleted)$/.test(row.kind)) {
      this.gone.set(`${row.channel}:${row.ts}`, row.n);
      if (this.gone.size > MOST) this.gone.delete(this.gone.keys().next().value);
    }
  }

  ask(what, more = {}) {
    this.asked += 1;
    const message = { ask: what, id: `${what}-${this.asked}`, page: this.page, wanted: this.wanted, ...more };
    try {
      this.model.send(message);
    } catch (error) {
      console.warn("rxslack: the kernel cannot be asked", error); // it is gone; the page goes on
    }
  }

  find(change) {
    this.wanted = { ...this.wanted, ...change };
    this.scroll = 0;
    this.exhausted = false;
    this.paint();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask("find"), 250); // not for each letter
  }

  name(id) {
    return this.names.get(id) || id;
  }

  isWanted(row) {
    const { text, kind, channel, user } = this.wanted;
    if (kind && row.kind !== kind && row.kind.split(".")[0] !== kind) return false;
    if (channel && row.channel !== channel) return false;
    if (user && row.user !== user) return false;
    if (!text) return true;
    const low = text.toLowerCase();
    row.said ??= said(row, this).toLowerCase();
    return row.said.includes(low) || (!row.ts && row.json.toLowerCase().includes(low));
  }

  get isFiltered() {
    return Object.values(this.wanted).some(Boolean);
  }

  listed() {
    const rows = this.frozen || [...this.rows.values()];
    const found = this.isFiltered ? rows.filter((row) => this.isWanted(row)) : rows;
    return found.sort((a, b) => b.n - a.n);
  }

  paint() {
    if (this.due) return;
    this.due = true;
    const now = () => {
      this.due = false;
      for (const painter of this.painters) painter();
    };
    // A page in the background gets no frames; it is painted when somebody looks.
    if (document.hidden) setTimeout(now, 1000);
    else requestAnimationFrame(now);
  }
}

const said = (row, store) =>
  row.cells
    .map((cell) => (Array.isArray(cell) ? cell.map(([kind, text]) => (kind === "user" || kind === "channel" ? store.name(text) : text)).join("") : ""))
    .join(" ");

function pieces(list, store) {
  return list.map(([kind, text, target]) => {
    if (kind === "bold") return element("b", {}, text);
    if (kind === "italic") return element("i", {}, text);
    if (kind === "struck") return element("s", {}, text);
    if (kind === "code") return element("code", {}, text);
    if (kind === "special") return element("span", { class: "name" }, text);
    if (kind === "user") return element("span", { class: "name" }, `@${store.name(text).replace(/^@/, "")}`);
    if (kind === "channel") return element("span", { class: "name" }, `#${store.name(text).replace(/^#/, "")}`);
    if (kind === "link" && /^(https?:\/\/|mailto:|tel:)/i.test(target)) {
      const leads = { href: target, target: "_blank", rel: "noopener noreferrer", title: target };
      return element("a", { ...leads, onclick: (event) => event.stopPropagation() }, text);
    }
    return document.createTextNode(text);
  });
}

// JSON on many lines; also JSON that is cut off. Numbers stay as they were written.
function laidOut(json) {
  let depth = 0, inside = false, out = "";
  const line = () => "\n" + "  ".repeat(Math.min(depth, 40));
  for (let place = 0; place < json.length; place++) {
    const sign = json[place];
    if (inside) {
      out += sign;
      if (sign === "\\") out += json[++place] ?? "";
      else if (sign === '"') inside = false;
    } else if (sign === '"') { inside = true; out += sign; }
    else if (sign === "{" || sign === "[") {
      const close = json[place + 1];
      if (close === "}" || close === "]") { out += sign + close; place++; }
      else { depth++; out += sign + line(); }
    } else if (sign === "}" || sign === "]") { depth--; out += line() + sign; }
    else if (sign === ",") { out += "," + line(); if (json[place + 1] === " ") place++; }
    else out += sign;
  }
  return out;
}

const clock = (seconds) => {
  const at = new Date(seconds * 1000);
  return at.toLocaleTimeString("en-GB");
};
const moment = (seconds) => {
  const at = new Date(seconds * 1000);
  const two = (number) => String(number).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${clock(seconds)}`;
};
const WIDTHS = { 1: "second", 60: "minute", 3600: "hour", 86400: "day" };
const spanOf = (width) => WIDTHS[width] || (width < 60 ? `${width} s` : width < 3600 ? `${width / 60} min` : width < 86400 ? `${width / 3600} h` : `${width / 86400} days`);

function drawRates(canvas, head) {
  const wide = canvas.clientWidth, high = canvas.clientHeight, scale = window.devicePixelRatio || 1;
  if (!wide) return;
  if (canvas.width !== Math.round(wide * scale)) { canvas.width = Math.round(wide * scale); canvas.height = Math.round(high * scale); }
  const pen = canvas.getContext("2d");
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.clearRect(0, 0, wide, high);
  const series = head.series, count = series.length ? series[0][1].length : 0;
  const totals = Array.from({ length: count }, (_, place) => series.reduce((sum, one) => sum + one[1][place], 0));
  const most = Math.max(1, ...totals), top = 13, step = (wide - 4) / Math.max(count, 1);
  const colour = getComputedStyle(canvas).color;
  for (let place = 0; place < count; place++) {
    let base = high - 1;
    series.forEach(([, numbers], number) => {
      const tall = (numbers[place] * (high - top - 1)) / most;
      if (!tall) return;
      pen.fillStyle = COLOURS[number % COLOURS.length];
      pen.fillRect(2 + place * step, base - tall, Math.max(step - 1, 0.7), tall);
      base -= tall;
    });
  }
  pen.fillStyle = colour;
  pen.globalAlpha = 0.6;
  pen.fillRect(0, high - 1, wide, 1);
  pen.font = "11px system-ui, sans-serif";
  pen.textAlign = "left";
  pen.fillText(`${most.toLocaleString("en")} a ${spanOf(head.width)}`, 2, 10);
  const from = head.replayed ? moment(head.begin) : clock(head.begin);
  pen.textAlign = "center";
  pen.fillText(`from ${from}`, wide / 2, 10);
  pen.textAlign = "right";
  pen.fillText(head.replayed ? `to ${moment(head.clock)}` : `now ${clock(head.clock)}`, wide - 2, 10);
  pen.globalAlpha = 1;
}

function choices(select, title, options, chosen) {
  const wanted = [["", title], ...options].slice(0, LIST);
  if (chosen && !wanted.some(([value]) => value === chosen)) wanted.push([chosen, chosen]);
  const written = JSON.stringify(wanted);
  if (select.written !== written && document.activeElement !== select && select.getRootNode().activeElement !== select) {
    select.written = written;
    select.replaceChildren(...wanted.map(([value, text]) => element("option", { value }, text)));
  }
  if (select.value !== chosen) select.value = chosen;
}

function render({ el }, store) {
  const root = element("div", { class: "rxslack live mathjax_ignore tex2jax_ignore", "data-lm-suppress-shortcuts": "true" });
  root.addEventListener("keydown", (event) => event.stopPropagation()); // they are no shortcuts of the notebook's
  const title = element("span", { class: "title" }), state = element("span", { class: "state" });
  const total = element("span", { class: "soft" }), time = element("span", { class: "soft" });
  const pause = element("button", { type: "button", title: "Hold what is shown; events are counted and kept meanwhile", onclick: () => {
    store.frozen = store.frozen ? null : [...store.rows.values()];
    store.paint();
  } });
  const stop = element("button", { type: "button", title: "End the subscription", onclick: () => store.ask("stop") }, "stop");
  const search = element("input", { type: "search", placeholder: "filter by text", "aria-label": "filter by text", oninput: () => store.find({ text: search.value }) });
  search.value = store.wanted.text;
  const select = (key) => {
    const made = element("select", { "aria-label": key, onchange: () => store.find({ [key]: made.value }) });
    return made;
  };
  const kinds = select("kind"), channels = select("channel"), people = select("user");
  const canvas = element("canvas", { "aria-label": "events by type in time" });
  const legend = element("div", { class: "legend soft" });
  const trace = element("pre", { class: "trace failed" });
  const head = element("div", { class: "head" });
  const rows = element("div", { class: "rows" }), space = element("div");
  const body = element("div", { class: "body" }, space, rows);
  const count = element("div", { class: "soft", "aria-live": "off" });
  const detail = element("div");
  root.append(
    element("div", { class: "bar" }, title, state, total, element("span", { class: "wide" }), time, pause, stop),
    canvas, legend, trace,
    element("div", { class: "bar", style: "margin-top:4px" }, search, kinds, channels, people),
    head, body, count, detail,
  );
  el.append(root);

  let listed = [], list = [], isPressed = false;
  // A row that is painted anew between the press and the release of a button would not be clicked.
  body.addEventListener("pointerdown", () => { isPressed = true; });
  const release = () => setTimeout(() => { isPressed = false; store.paint(); });
  window.addEventListener("pointerup", release);
  window.addEventListener("pointercancel", release);
  body.addEventListener("scroll", () => {
    store.scroll = body.scrollTop;
    paintRows();
    const isAtEnd = body.scrollTop + body.clientHeight > list.length * HEIGHT - 5 * HEIGHT;
    const last = listed.length ? listed[listed.length - 1].n : 0;
    if (isAtEnd && last > store.oldest && !store.exhausted && store.waiting !== last) {
      store.waiting = last;
      store.ask("find", { before: last });
    }
  });

  function lines() {
    // Between rows that are not neighbours: how many the kernel passed over.
    const found = [];
    let before = null;
    for (const row of listed) {
      const missing = before === null ? 0 : before - row.n - 1;
      if (missing > 0 && !store.isFiltered) found.push({ line: `… ${missing.toLocaleString("en")} more, kept or counted, not shown here` });
      found.push(row);
      before = row.n;
    }
    return found;
  }

  function rowOf(row) {
    if (row.line) return element("div", { class: "row line" }, row.line);
    const isGap = row.kind === "rxslack.gap", isNews = /^(hello|goodbye|disconnect)$/.test(row.kind);
    if (isGap || isNews) {
      let text = `${row.day.slice(11, 19)} · ${row.kind}`;
      try {
        const event = JSON.parse(row.json);
        if (isGap) text = `${row.day.slice(11, 19)} · a gap of ${(event.until - event.since).toFixed(1)} s: ${event.reason || "the connection was lost"}`;
      } catch { /* cut off: the type has to do */ }
      return element("div", { class: `row line ${isGap ? "gap" : ""}`, onclick: () => open(row), title: "show its JSON" }, text);
    }
    const change = row.ts ? store.gone.get(`${row.channel}:${row.ts}`) : undefined;
    const isGone = change !== undefined && change > row.n;
    const cells = row.cells.map((cell, place) => {
      const title = store.head.columns[place];
      if (Array.isArray(cell)) return element("span", { class: "text", dir: "auto" }, ...pieces(cell, store));
      if (typeof cell === "object") return element("span", { dir: "auto" }, store.name(cell.id));
      return element("span", title === "time" ? { class: "soft", title: row.day } : { dir: "auto" }, cell);
    });
    return element("div", { class: `row ${isGone ? "gone" : ""} ${store.open === row ? "on" : ""}`, role: "button", tabindex: "0", onclick: () => open(row), onkeydown: (event) => event.key === "Enter" && open(row) }, ...cells);
  }

  function open(row) {
    store.open = store.open === row ? null : row;
    store.thread = null;
    isPressed = false;
    store.paint();
  }

  function paintRows() {
    if (isPressed) return;
    const first = Math.max(0, Math.floor(body.scrollTop / HEIGHT) - 3);
    const many = Math.ceil(body.clientHeight / HEIGHT) + 6;
    rows.style.top = `${first * HEIGHT}px`;
    rows.replaceChildren(...list.slice(first, first + many).map(rowOf));
  }

  function paintDetail() {
    const row = store.open;
    const key = row && `${row.n} ${store.thread} ${store.thread ? threadOf(row).length : 0} ${store.names.size}`;
    if (detail.key === key) return;
    detail.key = key;
    if (!row) return detail.replaceChildren();
    const begin = row.thread || (row.kind.startsWith("message") && row.ts) || "";
    const parts = [element("div", { class: "bar" },
      element("b", {}, `${row.kind} · number ${row.n.toLocaleString("en")} · ${row.day}`), element("span", { class: "wide" }),
      ...(begin ? [element("button", { type: "button", class: store.thread ? "on" : "", onclick: () => {
        store.thread = store.thread ? null : begin;
        if (store.thread) store.ask("thread", { channel: row.channel, thread: begin });
        store.paint();
      } }, "thread")] : []),
      element("button", { type: "button", "aria-label": "close", onclick: () => open(row) }, "✕"))];
    for (const cell of row.cells) if (Array.isArray(cell)) parts.push(element("div", { class: "said", dir: "auto" }, ...pieces(cell, store)));
    if (store.thread) {
      const found = threadOf(row);
      parts.push(element("div", { class: "soft" }, `the thread, as far as it is kept: ${found.length}`));
      for (const one of found) {
        const texts = one.cells.filter(Array.isArray).flatMap((cell) => pieces(cell, store));
        parts.push(element("div", { class: "said reply", dir: "auto" }, element("span", { class: "soft" }, `${one.day.slice(11, 19)} `), element("b", {}, `${store.name(one.user)} `), ...texts));
      }
    }
    parts.push(element("pre", {}, laidOut(row.json)));
    detail.replaceChildren(element("div", { class: "detail" }, ...parts));
  }

  const threadOf = (row) => [...store.rows.values()]
    .filter((one) => one.channel === row.channel && (one.ts === store.thread || one.thread === store.thread))
    .sort((a, b) => a.n - b.n);

  function paint() {
    const now = store.head;
    if (!now || !root.isConnected) return;
    title.textContent = now.title;
    state.textContent = now.error ? `${now.state}: ${now.error}` : now.state;
    state.className = `state ${now.error ? "failed" : now.over ? "over" : /gap|goodbye|disconnects/.test(now.state) ? "lost" : ""}`;
    total.textContent = `${now.total.toLocaleString("en")} event${now.total === 1 ? "" : "s"}`;
    time.textContent = now.replayed ? `▶ ${moment(now.clock)}` : "";
    pause.textContent = store.frozen ? "go on" : "pause";
    pause.className = store.frozen ? "on" : "";
    stop.hidden = now.over;
    trace.textContent = now.trace;
    trace.hidden = !now.trace;
    if (!store.frozen) drawRates(canvas, now);
    legend.replaceChildren(...now.series.map(([kind, numbers], number) => {
      const dot = element("i", { style: `background:${COLOURS[number % COLOURS.length]}` });
      const known = now.counts.find(([one]) => one === kind);
      return element("span", {}, dot, kind ? `${kind} ${known ? known[1].toLocaleString("en") : ""}` : numbers.some(Boolean) ? "others" : "");
    }).filter((one) => one.textContent));
    const all = [...store.rows.values()];
    const ids = (key) => [...new Set(all.map((row) => row[key]).filter(Boolean))].map((id) => [id, store.name(id)]).sort((a, b) => a[1].localeCompare(b[1]));
    choices(kinds, "all types", now.counts.map(([kind]) => [kind, kind]), store.wanted.kind);
    choices(channels, "all channels", ids("channel"), store.wanted.channel);
    choices(people, "everybody", ids("user"), store.wanted.user);
    root.style.setProperty("--columns", now.columns.map((one) => ({ time: "5.2em", channel: "minmax(5em, 9em)", user: "minmax(5em, 8em)", type: "minmax(6em, 11em)", text: "minmax(12em, 1fr)" })[one] || "minmax(4em, 1fr)").join(" "));
    if (head.childElementCount !== now.columns.length) head.replaceChildren(...now.columns.map((one) => element("span", {}, one)));
    body.style.height = `${HEIGHT * (now.height || 10)}px`;
    const at = Math.floor(store.scroll / HEIGHT);
    const before = store.scroll > 0 ? list.slice(at).find((row) => row.n) : null;
    listed = store.listed();
    list = lines();
    space.style.height = `${list.length * HEIGHT}px`;
    if (before) { // whoever has scrolled back stays where they are
      const place = list.findIndex((row) => row.n <= before.n);
      if (place > 0) body.scrollTop = place * HEIGHT + (store.scroll % HEIGHT);
    } else if (body.scrollTop !== store.scroll) body.scrollTop = store.scroll;
    const held = store.frozen ? `; paused, ${(now.total - Math.max(0, ...store.frozen.map((row) => row.n))).toLocaleString("en")} since` : "";
    count.textContent = `${listed.length.toLocaleString("en")} shown of ${now.total.toLocaleString("en")}${held}`;
    paintRows();
    paintDetail();
  }

  store.painters.add(paint);
  const watch = new ResizeObserver(() => store.paint());
  watch.observe(root);
  store.ask("ready");
  paint();
  return () => {
    watch.disconnect();
    window.removeEventListener("pointerup", release);
    window.removeEventListener("pointercancel", release);
    store.painters.delete(paint);
  };
}

// One store for a model, whose views come and go: each of them gets a model object of its own, which hears nothing any
// more when it has gone.
export default () => {
  let store = null;
  return {
    initialize: ({ model }) => { store = new Store(model); },
    render: (view) => render(view, store ??= new Store(view.model)),
  };
};
