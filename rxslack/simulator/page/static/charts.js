// Charts as pictures, each with its numbers as a table for those who do not see it.

import { h, svg } from "./dom.js";

const WIDTH = 480;
const HEIGHT = 220;
const LEFT = 46;
const BOTTOM = 30;
const COLORS = 8; // classes of the style sheet: c0, c1, …

/** A `data_visualization` block. */
export function chart(block) {
  const drawn = block.chart ?? {};
  const title = block.title ?? "Chart";
  const picture = drawn.type === "pie" ? pie(drawn, title) : axes(drawn, title);
  return h("figure", { class: "chart" }, h("figcaption", {}, title), picture, legend(drawn), numbers(drawn, title));
}

function picture(title, ...children) {
  return svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": title }, ...children);
}

function pie(drawn, title) {
  const segments = (drawn.segments ?? []).filter((one) => one.value > 0);
  const total = segments.reduce((sum, one) => sum + one.value, 0) || 1;
  let at = -Math.PI / 2;
  const radius = HEIGHT / 2 - 12;
  const point = (angle) => `${WIDTH / 2 + radius * Math.cos(angle)} ${HEIGHT / 2 + radius * Math.sin(angle)}`;
  const slices = segments.map((one, number) => {
    const turn = Math.min((one.value / total) * 2 * Math.PI, 2 * Math.PI - 1e-4);
    const from = point(at);
    at += turn;
    const path = `M${WIDTH / 2} ${HEIGHT / 2}L${from}A${radius} ${radius} 0 ${turn > Math.PI ? 1 : 0} 1 ${point(at)}Z`;
    return svg("path", { d: path, class: `c${number % COLORS}` }, svg("title", {}, `${one.label}: ${one.value}`));
  });
  return picture(title, slices);
}

function axes(drawn, title) {
  const series = drawn.series ?? [];
  const labels = drawn.axis_config?.categories ?? (series[0]?.data ?? []).map((one) => one.label);
  const values = series.flatMap((one) => valuesOf(one, labels));
  const top = Math.max(0, ...values) || 1;
  const low = Math.min(0, ...values);
  const step = (WIDTH - LEFT - 8) / Math.max(1, labels.length);
  const y = (value) => 10 + (1 - (value - low) / (top - low)) * (HEIGHT - BOTTOM - 10);
  const ticks = [low, (low + top) / 2, top].map((value) => [
    svg("line", { x1: LEFT, x2: WIDTH - 8, y1: y(value), y2: y(value), class: "grid" }),
    svg("text", { x: LEFT - 6, y: y(value) + 4, "text-anchor": "end" }, short(value)),
  ]);
  const every = Math.ceil(labels.length / 8);
  const names = labels.map((label, at) =>
    at % every ? null : svg("text", { x: LEFT + step * (at + 0.5), y: HEIGHT - 10, "text-anchor": "middle" }, String(label).slice(0, 12)));
  const draw = drawn.type === "bar" ? bars : lines;
  return picture(title, ticks, names, series.map((one, number) =>
    draw({ values: valuesOf(one, labels), number, of: series.length, step, y, low, filled: drawn.type === "area" })));
}

function bars({ values, number, of, step, y, low }) {
  const width = (step * 0.8) / of;
  return values.map((value, at) => {
    const ends = [y(value), y(Math.max(low, 0))].sort((a, b) => a - b);
    const x = LEFT + step * at + step * 0.1 + width * number;
    return svg("rect", { x, y: ends[0], width, height: Math.max(1, ends[1] - ends[0]), class: `c${number % COLORS}` });
  });
}

function lines({ values, number, step, y, low, filled }) {
  const points = values.map((value, at) => `${LEFT + step * (at + 0.5)},${y(value)}`);
  const base = y(Math.max(low, 0));
  const area = `${LEFT + step * 0.5},${base} ${points.join(" ")} ${LEFT + step * (values.length - 0.5)},${base}`;
  return [
    filled && svg("polygon", { points: area, class: `c${number % COLORS} area` }),
    svg("polyline", { points: points.join(" "), class: `c${number % COLORS} line` }),
  ];
}

function valuesOf(series, labels) {
  const known = new Map((series.data ?? []).map((one) => [one.label, Number(one.value) || 0]));
  return labels.map((label) => known.get(label) ?? 0);
}

function short(value) {
  return Math.abs(value) >= 1000 ? value.toLocaleString("en", { notation: "compact" }) : String(Math.round(value * 100) / 100);
}

function legend(drawn) {
  const names = (drawn.segments ?? drawn.series ?? []).map((one) => one.label ?? one.name);
  return h("ul", { class: "legend" }, names.map((name, number) =>
    h("li", {}, svg("svg", { viewBox: "0 0 10 10", "aria-hidden": "true" }, svg("rect", { width: 10, height: 10, class: `c${number % COLORS}` })), name)));
}

function numbers(drawn, title) {
  const rows = drawn.segments
    ? drawn.segments.map((one) => [one.label, one.value])
    : (drawn.series ?? []).flatMap((one) => (one.data ?? []).map((point) => [`${one.name}, ${point.label}`, point.value]));
  return h("details", {}, h("summary", {}, "Numbers"), h("table", {}, h("caption", { class: "unseen" }, title),
    h("tbody", {}, rows.map(([name, value]) => h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, value))))));
}
