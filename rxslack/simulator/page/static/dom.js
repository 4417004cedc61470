// Elements made of plain values. Text is always put in as text: nothing here reads HTML.

const SVG = "http://www.w3.org/2000/svg";

/** An element with its properties and children. A child is a node, a text, a list of these, or nothing. */
export function h(tag, properties = {}, ...children) {
  return filled(document.createElement(tag), properties, children);
}

/** The same for pictures. */
export function svg(tag, properties = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), properties, children);
}

function filled(element, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "data") Object.assign(element.dataset, value);
    else if (name === "value" && "value" in element) element.value = value;
    else element.setAttribute(name === "class" ? "class" : name, value === true ? "" : String(value));
  }
  add(element, children);
  return element;
}

function add(element, children) {
  for (const child of children) {
    if (Array.isArray(child)) add(element, child);
    else if (child instanceof Node) element.append(child);
    else if (child !== undefined && child !== null && child !== false) element.append(String(child));
  }
}

/** Replace what is inside an element. */
export function fill(element, ...children) {
  element.replaceChildren();
  add(element, children);
  return element;
}

/** A button with a text, and perhaps with another name for those who do not see it. */
export function button(text, onclick, properties = {}) {
  return h("button", { type: "button", onclick, ...properties }, text);
}

/** Say something to those who do not see the page. */
export function announce(text) {
  document.getElementById("announce").textContent = text;
}

/** Only an address of the web leads anywhere; "javascript:" and the like do not. */
export function safeUrl(url) {
  return /^(https?:|mailto:|tel:)/i.test(String(url)) ? String(url) : undefined;
}

/** A link, or only its text when it leads nowhere that is safe. */
export function link(url, ...children) {
  const href = safeUrl(url);
  const inside = children.length ? children : [url];
  return href ? h("a", { href, target: "_blank", rel: "noopener noreferrer" }, ...inside) : h("span", {}, ...inside);
}

/** The time of a Slack `ts`, as a clock shows it. */
export function clockTime(ts) {
  return new Date(Number(ts) * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

/** The day of a Slack `ts`, in words. */
export function day(ts) {
  return new Date(Number(ts) * 1000).toLocaleDateString([], { weekday: "long", day: "numeric", month: "long", year: "numeric" });
}

/** Seconds as people say them. */
export function span(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** JSON that can be read and marked. */
export function json(value) {
  return h("pre", { class: "json", tabindex: "0", "aria-label": "JSON" }, JSON.stringify(value, null, 2));
}
