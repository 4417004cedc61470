// Slack's own markup as nodes: mentions, links, bold and so on.

import { emoji } from "./emoji.js";
import { h, link } from "./dom.js";
import { channelName, nameOf, state } from "./store.js";

const WORDS = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };
const INLINE = /```([\s\S]+?)```|`([^`\n]+)`|<([^<>\n]+)>|:([a-z0-9_+'-]+(?:::skin-tone-\d)?):|\n/;
const MARKS = [
  ["b", /(?<![\w*])\*(?=[^\s*])([^*\n]*[^\s*])\*(?![\w*])/],
  ["i", /(?<![\w_])_(?=[^\s_])([^_\n]*[^\s_])_(?![\w_])/],
  ["s", /(?<![\w~])~(?=[^\s~])([^~\n]*[^\s~])~(?![\w~])/],
];

/** A text without Slack's three escapes. */
export function unescaped(text) {
  return String(text).replace(/&(?:amp|lt|gt);/g, (found) => WORDS[found]);
}

/** A mention of a person; one's own stands out. */
export function personMention(id) {
  const mine = id === state.team.you;
  return h("span", { class: mine ? "mention mine" : "mention" }, `@${nameOf(id)}`);
}

/** A mention of a channel. */
export function channelMention(id, label) {
  const name = channelName(id);
  return h("span", { class: "mention" }, name === id && label ? `#${label}` : name);
}

/** A text of Slack's, with its markup. */
export function mrkdwn(text) {
  return quoted(String(text ?? ""), inline);
}

/** A text in which only mentions, links and emoji mean something. */
export function plain(text) {
  return [...pieces(String(text ?? ""), (rest) => [unescaped(rest)])];
}

/** Markdown, roughly: headings, lists and bold, as a `markdown` block has them. */
export function markdown(text) {
  const shown = [];
  for (const line of String(text ?? "").split("\n")) {
    const heading = /^#{1,6}\s+(.*)$/.exec(line);
    const item = /^\s*[-*]\s+(.*)$/.exec(line);
    const slackish = (given) => given.replace(/\*\*(.+?)\*\*/g, "*$1*").replace(/\[([^\]]+)\]\((https?:[^)\s]+)\)/g, "<$2|$1>");
    if (heading) shown.push(h("strong", { class: "line" }, mrkdwn(slackish(heading[1]))));
    else if (item) shown.push(h("span", { class: "line item" }, "• ", mrkdwn(slackish(item[1]))));
    else shown.push(h("span", { class: "line" }, mrkdwn(slackish(line))));
  }
  return shown;
}

function quoted(text, inside) {
  const shown = [];
  let quote = [];
  const end = () => {
    if (quote.length) shown.push(h("blockquote", {}, inside(quote.join("\n"))));
    quote = [];
  };
  const parts = text.split(/(```[\s\S]+?```)/); // a quotation mark inside of code is none
  for (const part of parts) {
    if (part.startsWith("```") && part.length > 6) {
      end();
      shown.push(inside(part));
      continue;
    }
    const lines = part.split("\n");
    lines.forEach((line, at) => {
      if (/^(&gt;|>)/.test(line)) quote.push(line.replace(/^(&gt;|>)\s?/, ""));
      else {
        end();
        shown.push(inside(line), at < lines.length - 1 ? h("br") : "");
      }
    });
    end();
  }
  return shown;
}

function inline(text) {
  return [...pieces(text, marked)];
}

function* pieces(text, rest) {
  let left = text;
  for (let found = INLINE.exec(left); found; found = INLINE.exec(left)) {
    yield* rest(left.slice(0, found.index));
    yield piece(found);
    left = left.slice(found.index + found[0].length);
  }
  yield* rest(left);
}

function piece([whole, block, code, angle, named]) {
  if (block !== undefined) return h("pre", { class: "code" }, unescaped(block.replace(/^\n/, "")));
  if (code !== undefined) return h("code", {}, unescaped(code));
  if (angle !== undefined) return sequence(angle);
  if (named !== undefined) return h("span", { class: "emoji", title: whole }, emoji(named));
  return h("br");
}

function sequence(inside) {
  const at = inside.indexOf("|");
  const target = at < 0 ? inside : inside.slice(0, at);
  const label = at < 0 ? "" : unescaped(inside.slice(at + 1));
  if (target.startsWith("@")) return personMention(target.slice(1));
  if (target.startsWith("#")) return channelMention(target.slice(1), label);
  if (target.startsWith("!date^")) return h("span", {}, label || target);
  if (target.startsWith("!")) return h("span", { class: "mention" }, label || `@${target.slice(1).split("^")[0]}`);
  return link(unescaped(target), label || unescaped(target).replace(/^mailto:/, ""));
}

function* marked(text) {
  for (const [tag, pattern] of MARKS) {
    const found = pattern.exec(text);
    if (found) {
      yield* marked(text.slice(0, found.index));
      yield h(tag, {}, [...marked(found[1])]);
      yield* marked(text.slice(found.index + found[0].length));
      return;
    }
  }
  if (text) yield unescaped(text);
}
