/** One of many, by the browser's own select: it is accessible, and looks ours where CSS may style it. */

import { h } from "../dom.js";
import { plainText } from "../text/mrkdwn.js";
import { choicesOf } from "./options.js";
import { hooks, settle } from "./slot.js";

export function select(element, slot, surface) {
  const held =
    surface.form.get(slot.blockId, element) ??
    (element.default_to_current_conversation ? surface.here : null);
  const node = h(
    "select",
    {
      ...hooks(element, slot),
      class: "select",
      onchange: changed,
      "aria-label": slot.id ? null : element.placeholder?.text,
    },
    h("button", { type: "button" }, h("selectedcontent")),
    h(
      "option",
      { value: "", disabled: !slot.optional, hidden: !slot.optional || !slot.id },
      element.placeholder?.text ?? "Choose an option",
    ),
    choicesOf(element, surface.reader).map((group) =>
      group.label
        ? h("optgroup", { label: group.label }, group.options.map(option))
        : group.options.map(option),
    ),
  );
  node.value = held ?? "";
  if (held && held !== surface.form.get(slot.blockId, element)) surface.form.set(slot.blockId, element, held);

  async function changed() {
    const kept = await settle(element, slot, surface, node.value || null);
    if (!kept) node.value = surface.form.get(slot.blockId, element) ?? "";
  }
  return node;
}

function option({ value, text, note }) {
  return h(
    "option",
    { value, "data-value": value },
    h("span", {}, plainText({ text })),
    note && h("small", {}, ` ${note}`),
  );
}
