/** The `markdown` block: ordinary Markdown, the part that messages use, rewritten as nodes. */

import { h } from "../dom.js";
import { emoji } from "./emoji.js";
import { link } from "./mrkdwn.js";

const SPAN =
  /`(?<code>[^`\n]+)`|\[(?<label>[^\]\n]+)\]\((?<href>[^)\s]+)\)|\*\*(?<bold>[^\n]+?)\*\*|~~(?<strike>[^\n]+?)~~|(?<![\w*])\*(?<starred>[^*\n]+)\*|(?<!\w)_(?<italic>[^_\n]+)_(?!\w)|:(?<emoji>[a-z0-9_+-]+):|(?<url>https?:\/\/[^\s<>]+[^\s<>.,;:!?)"'])/;

/** Kinds of line, first match wins; each takes its whole run of lines. */
const KINDS = [
  { name: "code", is: (line) => line.startsWith("```") },
  { name: "heading", is: (line) => /^#{1,6} /.test(line) },
  { name: "rule", is: (line) => /^(-{3,}|\*{3,})$/.test(line) },
  { name: "quote", is: (line) => line.startsWith(">") },
  { name: "bullets", is: (line) => /^\s*[-*+] /.test(line) },
  { name: "numbers", is: (line) => /^\s*\d+[.)] /.test(line) },
  { name: "table", is: (line) => /^\s*\|.*\|\s*$/.test(line) },
  { name: "blank", is: (line) => !line.trim() },
  { name: "text", is: () => true },
];

const kindOf = (line) => KINDS.find((kind) => kind.is(line)).name;

export function markdown(text) {
  const lines = text.split("\n");
  const nodes = [];
  while (lines.length) nodes.push(DRAW[kindOf(lines[0])](lines));
  return h("div", { class: "markdown" }, nodes);
}

function run(lines) {
  const kind = kindOf(lines[0]);
  const end = lines.findIndex((line) => kindOf(line) !== kind);
  return lines.splice(0, end < 0 ? lines.length : end);
}

const DRAW = {
  blank: (lines) => (run(lines), null),
  rule: (lines) => (lines.shift(), h("hr")),
  text: (lines) => h("p", {}, broken(run(lines))),
  quote: (lines) => h("blockquote", {}, broken(run(lines).map((line) => line.replace(/^> ?/, "")))),
  bullets: (lines) => h("ul", {}, items(run(lines), /^\s*[-*+] /)),
  numbers: (lines) => h("ol", {}, items(run(lines), /^\s*\d+[.)] /)),
  heading(lines) {
    const [, marks, title] = /^(#{1,6}) (.*)$/.exec(lines.shift());
    return h(
      "p",
      { role: "heading", "aria-level": marks.length + 2, class: `heading-${Math.min(marks.length, 3)}` },
      spans(title),
    );
  },
  code(lines) {
    lines.shift();
    const end = lines.findIndex((line) => line.startsWith("```"));
    const body = lines.splice(0, end < 0 ? lines.length : end + 1);
    return h(
      "pre",
      { class: "code-block" },
      h("code", {}, body.slice(0, end < 0 ? undefined : -1).join("\n")),
    );
  },
  table(lines) {
    const rows = run(lines).map((line) =>
      line
        .trim()
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.trim()),
    );
    const [head, ...body] = rows.filter((row) => !row.every((cell) => /^:?-+:?$/.test(cell)));
    return h(
      "div",
      { class: "table-scroll" },
      h(
        "table",
        { class: "table" },
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            head.map((cell) => h("th", { scope: "col" }, spans(cell))),
          ),
        ),
        h(
          "tbody",
          {},
          body.map((row) =>
            h(
              "tr",
              {},
              row.map((cell) => h("td", {}, spans(cell))),
            ),
          ),
        ),
      ),
    );
  },
};

const broken = (lines) => lines.flatMap((line, index) => [index ? h("br") : null, ...spans(line)]);
const items = (lines, bullet) => lines.map((line) => h("li", {}, spans(line.replace(bullet, ""))));

function spans(text) {
  const match = SPAN.exec(text);
  if (!match) return text ? [text] : [];
  const after = text.slice(match.index + match[0].length);
  return [text.slice(0, match.index), span(match), ...spans(after)].filter((node) => node !== "");
}

function span({ 0: whole, groups }) {
  if (groups.code) return h("code", {}, groups.code);
  if (groups.href) return link(groups.href, groups.label);
  if (groups.url) return link(groups.url);
  if (groups.bold) return h("strong", {}, spans(groups.bold));
  if (groups.strike) return h("s", {}, spans(groups.strike));
  if (groups.emoji) return emoji(groups.emoji) ?? whole;
  return h("em", {}, spans(groups.starred ?? groups.italic));
}
