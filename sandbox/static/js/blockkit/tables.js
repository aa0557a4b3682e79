/** `table` and `data_table`: the first row is the head. A long data table opens page by page. */

import { h } from "../dom.js";
import { richText } from "./richtext.js";

const PAGE = 5;

export function table(block, reader) {
  const [head, ...rows] = block.rows;
  const settings = block.column_settings ?? [];
  const pageSize = block.type === "data_table" ? (block.page_size ?? PAGE) : rows.length;
  const body = h("tbody");
  const more = h("button", { type: "button", class: "link-button", onclick: () => show(rows.length) });

  function show(count) {
    body.replaceChildren(
      ...rows.slice(0, count).map((row) => tableRow(row, settings, reader, block.row_header_column_index)),
    );
    more.textContent = `Show all ${rows.length} rows`;
    more.hidden = count >= rows.length;
  }

  show(pageSize);
  return h(
    "div",
    { class: "table-scroll" },
    h(
      "table",
      { class: "table" },
      block.caption && h("caption", {}, block.caption.text ?? block.caption),
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          head.map((content, column) =>
            h("th", { scope: "col", class: alignment(settings[column]) }, cell(content, reader)),
          ),
        ),
      ),
      body,
    ),
    more,
  );
}

function tableRow(row, settings, reader, headerColumn) {
  return h(
    "tr",
    {},
    row.map((content, column) =>
      h(
        column === headerColumn ? "th" : "td",
        {
          scope: column === headerColumn ? "row" : null,
          class:
            `${alignment(settings[column])} ${content.type === "raw_number" ? "align-right" : ""}`.trim() ||
            null,
        },
        cell(content, reader),
      ),
    ),
  );
}

const alignment = (setting) => (setting?.align ? `align-${setting.align}` : "");

function cell(content, reader) {
  if (content.type === "rich_text") return richText(content.elements, reader);
  return String(content.text ?? content.value ?? "");
}
