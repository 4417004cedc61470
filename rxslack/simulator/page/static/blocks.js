// Block Kit as Slack shows it.

import { chart } from "./charts.js";
import { h, link, safeUrl } from "./dom.js";
import { element, newId, textOf, words } from "./elements.js";
import { filePicture } from "./files.js";
import { icon } from "./icons.js";
import { richText } from "./rich.js";
import { markdown } from "./text.js";

/** Blocks, one below the other; see elements.js for the context. */
export function blocks(given, context) {
  return (Array.isArray(given) ? given : []).map((block) => shown(block ?? {}, context));
}

function shown(block, context) {
  const make = KINDS[block.type];
  const node = make ? make(block, context) : h("p", { class: "unknown" }, `[a block of the type ${block.type}]`);
  node.classList.add("block");
  return node;
}

const KINDS = {
  section,
  header: (block) => h("h4", {}, textOf(block.text)),
  divider: () => h("hr"),
  context: (block) => h("div", { class: "context" }, (block.elements ?? []).map((one) =>
    one.type === "image" ? picture(one, "tiny") : h("span", {}, textOf(one)))),
  actions: (block, context) => h("div", { class: "row actions" }, (block.elements ?? []).map((one) => element(one, block, context))),
  context_actions: (block, context) => h("div", { class: "row actions" }, (block.elements ?? []).map((one) => element(one, block, context))),
  input,
  image: (block) => h("figure", {}, block.title ? h("figcaption", {}, textOf(block.title)) : "", picture(block, "large")),
  rich_text: richText,
  markdown: (block) => h("div", { class: "markdown" }, markdown(block.text)),
  table,
  data_table: table,
  data_visualization: chart,
  video: (block) => h("p", {}, "▶ ", link(block.title_url ?? block.video_url, words(block.title)), " ", h("small", {}, words(block.description))),
  file: (block) => h("p", {}, icon("file"), ` ${block.external_id ?? block.file_id ?? "file"}`),
  alert: (block) => h("p", { class: `alert ${LEVELS.has(block.level) ? block.level : ""}`, role: "note" }, textOf(block.text)),
  card,
  carousel: (block, context) => h("div", { class: "carousel", tabindex: "0", role: "group", "aria-label": "Cards" },
    (block.elements ?? block.cards ?? []).map((one) => card(one, context))),
  container,
  plan: (block) => h("section", { class: "plan", "aria-label": "Plan" }, h("strong", {}, words(block.title) || "Plan"), (block.tasks ?? []).map(task)),
  task_card: task,
};
const LEVELS = new Set(["default", "info", "warning", "error", "success"]);

function container(block, context) {
  const title = block.rich_text_title ? richText(block.rich_text_title) : textOf(block.title);
  const head = [title, block.subtitle ? h("small", {}, " ", textOf(block.subtitle)) : ""];
  const inside = blocks(block.child_blocks, context);
  if (!block.is_collapsible) return h("section", { class: "container" }, h("strong", {}, head), inside);
  return h("details", { class: "container", open: !block.default_collapsed }, h("summary", {}, head), inside);
}

function section(block, context) {
  const fields = (block.fields ?? []).map((one) => h("div", {}, textOf(one)));
  const text = h("div", { class: "grow" }, textOf(block.text), fields.length ? h("div", { class: "fields" }, fields) : "");
  return h("div", { class: "section" }, text, accessory(block, context));
}

function accessory(block, context) {
  if (!block.accessory) return "";
  if (block.accessory.type === "image") return picture(block.accessory, "thumb");
  return element(block.accessory, block, context);
}

function input(block, context) {
  const label = words(block.label);
  const id = newId("input");
  const one = element(block.element ?? {}, block, context, label);
  const wrong = context.errors?.[block.block_id];
  const field = one.matches("input,select,textarea") ? one : (one.querySelector("input,select,textarea") ?? one);
  if (wrong) field.setAttribute("aria-invalid", "true");
  if (wrong || block.hint) field.setAttribute("aria-describedby", id);
  return h("div", { class: "input", data: { block: block.block_id ?? "" } },
    h("div", { class: "label", "aria-hidden": "true" }, label, block.optional ? h("small", {}, " (optional)") : ""), one,
    h("div", { id }, block.hint ? h("small", {}, textOf(block.hint)) : "", wrong ? h("p", { class: "wrong", role: "alert" }, wrong) : ""));
}

// A picture from elsewhere is not loaded: nothing here comes from the network.
function picture(one, size) {
  const alt = one.alt_text || words(one.title) || "picture";
  const id = one.slack_file?.id;
  if (id) return filePicture(id, "image/png", alt, size);
  const where = safeUrl(one.image_url ?? one.slack_file?.url);
  const shown = h("span", { class: `picture ${size}`, role: "img", "aria-label": alt, title: where ?? "" }, icon("file"), size === "tiny" ? "" : [" ", alt]);
  return size === "large" && where ? h("div", {}, shown, " ", link(where, "Open the picture")) : shown;
}

function table(block) {
  const cell = (one) => (typeof one === "object" && one ? (one.type === "rich_text" ? richText(one) : words(one.text ?? one.value ?? one)) : String(one ?? ""));
  const align = (at) => `align-${block.column_settings?.[at]?.align ?? "left"}`;
  const cells = (row) => (Array.isArray(row) ? row : (row.cells ?? []));
  const columns = (block.columns ?? []).map((one) => one.name ?? one.title ?? one.label ?? one);
  const rows = (block.rows ?? []).map(cells);
  const head = columns.length ? columns : (rows.shift() ?? []);
  return h("div", { class: "scrolls", tabindex: "0", role: "region", "aria-label": words(block.caption) || "Table" },
    h("table", {}, h("thead", {}, h("tr", {}, head.map((one, at) => h("th", { scope: "col", class: align(at) }, cell(one))))),
      h("tbody", {}, rows.map((row) => h("tr", {}, row.map((one, at) => h("td", { class: align(at) }, cell(one))))))));
}

function card(block, context) {
  const image = block.hero_image ?? block.image;
  return h("section", { class: "card", "aria-label": words(block.title) || "Card" },
    image ? picture(image, "large") : "", h("strong", {}, textOf(block.title)), block.subtitle ? h("small", {}, textOf(block.subtitle)) : "",
    h("div", {}, textOf(block.body ?? block.text)),
    h("div", { class: "row actions" }, (block.actions ?? []).map((one) => element(one, block, context))));
}

const SIGNS = { pending: "○", in_progress: "◐", complete: "✓", completed: "✓", error: "✕" };

function task(block) {
  return h("details", { class: "task", open: true }, h("summary", {}, h("span", { role: "img", "aria-label": block.status ?? "pending" }, SIGNS[block.status] ?? "○"), " ", words(block.title) || block.task_id || "Task"),
    ["details", "output"].map((name) => (block[name] ? shownText(block[name]) : "")),
    (block.sources ?? []).map((one) => h("div", {}, link(one.url, one.text ?? one.url))));
}

function shownText(given) {
  return given.type === "rich_text" ? richText(given) : h("div", {}, textOf(given));
}

/** An old attachment: text with a coloured bar, fields, perhaps blocks. */
export function attachment(one, context) {
  const color = /^[0-9a-f]{6}$/i.test(String(one.color).replace("#", "")) ? `#${String(one.color).replace("#", "")}` : { good: "#2eb67d", warning: "#ecb22e", danger: "#e01e5a" }[one.color];
  const node = h("div", { class: "attachment" },
    one.pretext ? h("div", {}, textOf(one.pretext)) : "", one.author_name ? h("small", {}, one.author_name) : "",
    one.title ? h("strong", {}, one.title_link ? link(one.title_link, one.title) : one.title) : "",
    one.blocks ? blocks(one.blocks, context) : h("div", {}, textOf(one.text ?? one.fallback)),
    (one.fields ?? []).length ? h("div", { class: "fields" }, one.fields.map((each) => h("div", {}, h("b", {}, each.title), h("br"), textOf(each.value)))) : "",
    one.image_url ? picture({ image_url: one.image_url, alt_text: one.fallback ?? "picture" }, "large") : "", one.footer ? h("small", {}, one.footer) : "");
  if (color) node.style.borderLeftColor = color;
  return node;
}
