// The page's own signs, drawn, since not every machine has a font with them.

import { svg } from "./dom.js";

const PATHS = {
  attach: "M14 6l-6 6a2 2 0 003 3l6-6a4 4 0 00-6-6l-6 6a6 6 0 008 9l5-5",
  bolt: "M11 2L4 12h5l-1 6 7-10h-5z",
  close: "M5 5l10 10M15 5L5 15",
  edit: "M4 16l1-4 8-8 3 3-8 8zM12 5l3 3",
  eye: "M2 10s3-5 8-5 8 5 8 5-3 5-8 5-8-5-8-5zM10 8a2 2 0 100 4 2 2 0 000-4z",
  file: "M5 2h7l4 4v12H5zM12 2v4h4",
  home: "M3 10l7-7 7 7M5 9v8h10V9",
  smile: "M10 2a8 8 0 100 16 8 8 0 000-16zM7 8v1M13 8v1M6.500 12c2 3 5 3 7 0",
  theme: "M10 3a7 7 0 100 14zM10 3a7 7 0 010 14",
  thread: "M3 4h14v9H9l-4 4v-4H3z",
  trash: "M4 6h12M8 6V4h4v2M6 6l1 11h6l1-11",
};

/** A sign; whoever shows it says in words what it means. */
export function icon(name) {
  return svg("svg", { viewBox: "0 0 20 20", class: "icon", "aria-hidden": "true" }, svg("path", { d: PATHS[name] }));
}
