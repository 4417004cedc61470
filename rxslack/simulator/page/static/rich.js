// Rich text, as Slack's own clients send it.

import { emoji } from "./emoji.js";
import { h, link } from "./dom.js";
import { channelMention, personMention } from "./text.js";

/** A `rich_text` block. */
export function richText(block) {
  return h("div", { class: "rich" }, (block.elements ?? []).map(part));
}

function part(element) {
  const inside = () => (element.elements ?? []).map(leaf);
  switch (element.type) {
    case "rich_text_list":
      return list(element);
    case "rich_text_preformatted":
      return h("pre", { class: "code" }, inside());
    case "rich_text_quote":
      return h("blockquote", {}, inside());
    default:
      return h("div", {}, inside());
  }
}

function list(element) {
  const tag = element.style === "ordered" ? "ol" : "ul";
  const depth = Math.min(8, Number(element.indent) || 0);
  return h(tag, { class: `depth${depth}` }, (element.elements ?? []).map((one) => h("li", {}, part(one))));
}

function leaf(element) {
  switch (element.type) {
    case "text":
      return styled(lines(element.text), element.style);
    case "link":
      return styled(link(element.url, element.text || element.url), element.style);
    case "user":
      return personMention(element.user_id);
    case "channel":
      return channelMention(element.channel_id);
    case "usergroup":
      return h("span", { class: "mention" }, `@${element.usergroup_id}`);
    case "broadcast":
      return h("span", { class: "mention" }, `@${element.range}`);
    case "emoji":
      return h("span", { class: "emoji", title: `:${element.name}:` }, emoji(element.name));
    case "date":
      return h("span", {}, element.fallback ?? new Date(element.timestamp * 1000).toLocaleString());
    case "color":
      return h("code", {}, element.value);
    default:
      return element.elements ? part(element) : h("span", {}, element.text ?? `[${element.type}]`);
  }
}

// People's own text comes as one element with Slack's emoji and markup still in it.
function lines(text) {
  const shown = [];
  for (const piece of String(text ?? "").split(/(\n|:[a-z0-9_+'-]+:)/)) {
    if (piece === "\n") shown.push(h("br"));
    else if (/^:[a-z0-9_+'-]+:$/.test(piece)) shown.push(emoji(piece.slice(1, -1)));
    else if (piece) shown.push(piece);
  }
  return h("span", {}, shown);
}

function styled(node, style = {}) {
  const tags = { bold: "b", italic: "i", strike: "s", underline: "u", code: "code" };
  return Object.entries(tags).reduce((inner, [name, tag]) => (style[name] ? h(tag, {}, inner) : inner), node);
}
