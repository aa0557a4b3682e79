/** Several of many: a field with what was chosen, and a list of checkboxes that can be searched. */

import { h, icon } from "../dom.js";
import { openPanel } from "../menu.js";
import { choicesOf } from "./options.js";
import { hooks, settle } from "./slot.js";

const SEARCH_FROM = 8;

export function multiSelect(element, slot, surface) {
  const groups = choicesOf(element, surface.reader);
  const all = groups.flatMap((group) => group.options);
  const chosen = new Set(surface.form.get(slot.blockId, element));
  const field = h("button", {
    ...hooks(element, slot),
    type: "button",
    class: "select multi-select",
    "aria-haspopup": "dialog",
    onclick: open,
  });
  show();

  function show() {
    const chips = all
      .filter((option) => chosen.has(option.value))
      .map((option) => h("span", { class: "chip" }, option.text));
    const placeholder = h("span", { class: "placeholder" }, element.placeholder?.text ?? "Choose options");
    field.replaceChildren(
      h("span", { class: "chips" }, chips.length ? chips : placeholder),
      icon("chevron-down"),
    );
  }

  function toggle(value, input) {
    if (input.checked && chosen.size >= (element.max_selected_items ?? Infinity)) input.checked = false;
    else if (input.checked) chosen.add(value);
    else chosen.delete(value);
    surface.form.set(slot.blockId, element, [...chosen]);
    show();
  }

  function open() {
    const before = [...chosen].join();
    const list = h(
      "div",
      { class: "panel-list" },
      groups.map((group) => [
        group.label && h("p", { class: "panel-label" }, group.label),
        group.options.map(row),
      ]),
    );
    const search =
      all.length >= SEARCH_FROM &&
      h("input", {
        type: "search",
        class: "text-field",
        placeholder: "Find…",
        "aria-label": "Find in the list",
        oninput: (event) => narrow(list, event.target.value),
      });
    const most = element.max_selected_items;
    const limit = most && h("p", { class: "panel-label" }, `Choose ${most} at most.`);
    openPanel(field, [search, limit, list].filter(Boolean), {
      closed: () => {
        if (before !== [...chosen].join()) settle(element, slot, surface, [...chosen]);
      },
    });
  }

  function row({ value, text, note }) {
    return h(
      "label",
      { class: "choice", "data-text": text.toLowerCase() },
      h("input", {
        type: "checkbox",
        checked: chosen.has(value),
        "data-value": value,
        onchange: (event) => toggle(value, event.target),
      }),
      h("span", {}, text, note && h("small", {}, note)),
    );
  }
  return field;
}

function narrow(list, words) {
  for (const row of list.querySelectorAll(".choice"))
    row.hidden = !row.dataset.text.includes(words.toLowerCase());
}
