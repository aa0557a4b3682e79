/**
 * Block Kit, drawn. A `surface` says where: {kind: "message" | "modal" | "home", reader, form,
 * here (the conversation's id), act(blockId, element, value)}; see surface.js.
 */

import { h } from "../dom.js";
import { isSafe, link, mrkdwn, plainText, textObject } from "../text/mrkdwn.js";
import { markdown } from "../text/markdown.js";
import { chart } from "./chart.js";
import { renderElement } from "./elements.js";
import { richText } from "./richtext.js";
import { table } from "./tables.js";

export function renderBlock(block, surface) {
  const draw = DRAW[block.type];
  const body = draw ? draw(block, surface) : unknown(block);
  return h("div", { class: `block block-${block.type}`, "data-block-id": block.block_id }, body);
}

const DRAW = {
  section(block, surface) {
    return [
      h(
        "div",
        { class: "section-text" },
        block.text && h("div", { class: `text ${block.text.type}` }, textObject(block.text, surface.reader)),
        block.fields &&
          h(
            "div",
            { class: "section-fields" },
            block.fields.map((field) => h("div", { class: `text ${field.type}` }, textObject(field, surface.reader))),
          ),
      ),
      block.accessory && h("div", { class: "section-accessory" }, accessory(block, surface)),
    ];
  },
  header: (block) => h("h3", { class: "header-text" }, plainText(block.text)),
  divider: () => h("hr"),
  context: (block, { reader }) =>
    block.elements.map((element) =>
      element.type === "image"
        ? picture(element, "context-image")
        : h("span", { class: "text" }, textObject(element, reader)),
    ),
  actions: (block, surface) =>
    block.elements.map((element) => renderElement(element, slotOf(block), surface)),
  context_actions: (block, surface) =>
    block.elements.map((element) => renderElement(element, slotOf(block), surface)),
  image: (block) =>
    h(
      "figure",
      {},
      block.title && h("figcaption", {}, plainText(block.title)),
      picture(block, "block-picture"),
    ),
  input,
  rich_text: (block, { reader }) => h("div", { class: "text" }, richText(block.elements, reader)),
  markdown: (block) => markdown(block.text),
  table: (block, { reader }) => table(block, reader),
  data_table: (block, { reader }) => table(block, reader),
  data_visualization: (block) => chart(block),
  alert: (block, { reader }) =>
    h("div", { class: `alert alert-${block.level ?? "default"}` }, textObject(block.text, reader)),
  video: (block) => h("p", {}, "Video: ", link(block.title_url ?? block.video_url, block.title.text)),
};

/** Where an element stands: its block, and whether a change of it is told to the app. */
function slotOf(block, dispatch = true) {
  return { blockId: block.block_id, dispatch, optional: true };
}

function accessory(block, surface) {
  if (block.accessory.type === "image") return picture(block.accessory, "accessory-image");
  return renderElement(block.accessory, slotOf(block), surface);
}

function input(block, surface) {
  const id = `field-${surface.kind}-${block.block_id}`;
  const slot = {
    blockId: block.block_id,
    dispatch: Boolean(block.dispatch_action),
    optional: Boolean(block.optional),
    id,
    describedBy: `${id}-hint ${id}-error`,
  };
  const group = /^(checkboxes|radio_buttons)$/.test(block.element.type);
  const label = [plainText(block.label), block.optional && h("span", { class: "optional" }, " (optional)")];
  return h(
    group ? "fieldset" : "div",
    { class: "field", "data-testid": "field" },
    group ? h("legend", {}, label) : h("label", { for: id }, label),
    renderElement(block.element, slot, surface),
    h("p", { class: "field-error", id: `${id}-error`, role: "alert", "data-testid": "field-error" }),
    block.hint && h("p", { class: "field-hint", id: `${id}-hint` }, plainText(block.hint)),
  );
}

function picture(image, className) {
  const source = image.image_url ?? image.slack_file?.url ?? "";
  if (!isSafe(source) && !source.startsWith("/"))
    return h("span", { class: "picture-missing" }, image.alt_text);
  const img = h("img", { class: className, src: source, alt: image.alt_text, loading: "lazy" });
  img.addEventListener("error", () =>
    img.replaceWith(h("span", { class: "picture-missing" }, image.alt_text)),
  );
  return img;
}

function unknown(block) {
  return h("p", { class: "block-unknown" }, `A “${block.type}” block, which this sandbox does not draw.`);
}

/** The text of a message that has no blocks. */
export function plainMessage(text, reader) {
  return h("div", { class: "text" }, mrkdwn(text, reader));
}
