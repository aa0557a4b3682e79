/** JSON for people: indented, its strings of JSON opened, its parts told apart by colour. */

import { h } from "../dom.js";

const LONGEST = 100_000;
const PARTS = /("(?:\\.|[^"\\])*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

export function pretty(value) {
  return JSON.stringify(opened(value), null, 2);
}

/** The same as nodes; a very long one is cut, and says so. */
export function prettyNodes(text) {
  const shown = text.slice(0, LONGEST);
  const nodes = [];
  let end = 0;
  for (const match of shown.matchAll(PARTS)) {
    nodes.push(shown.slice(end, match.index), ...coloured(match));
    end = match.index + match[0].length;
  }
  nodes.push(shown.slice(end));
  if (text.length > LONGEST)
    nodes.push(`\n… ${text.length - LONGEST} more characters; Copy takes all of them.`);
  return nodes;
}

function coloured([whole, string, colon]) {
  if (!string) return [h("span", { class: "json-value" }, whole)];
  return colon
    ? [h("span", { class: "json-key" }, string), colon]
    : [h("span", { class: "json-text" }, string)];
}

/** Forms carry blocks and views as text: shown as what they are. */
function opened(value) {
  if (Array.isArray(value)) return value.map(opened);
  if (value && typeof value === "object")
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, opened(each)]));
  if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return value;
  try {
    return opened(JSON.parse(value));
  } catch {
    return value;
  }
}
