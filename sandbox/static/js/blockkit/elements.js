/** Interactive elements. A `slot` says where one stands: {blockId, dispatch, optional, id, describedBy}. */

import { h, icon } from "../dom.js";
import { emoji } from "../text/emoji.js";
import { isSafe, plainText, textObject } from "../text/mrkdwn.js";
import { openMenu } from "../menu.js";
import { externalSelect } from "./external.js";
import { dateTime, numberInput, textArea, textInput } from "./inputs.js";
import { multiSelect } from "./multiselect.js";
import { select } from "./select.js";
import { hooks, settle } from "./slot.js";

export function renderElement(element, slot, surface) {
  const draw = DRAW[element.type];
  return draw ? draw(element, slot, surface) : h("span", { class: "block-unknown" }, `(${element.type})`);
}

const DRAW = {
  button,
  overflow,
  checkboxes: choices,
  radio_buttons: choices,
  static_select: select,
  users_select: select,
  channels_select: select,
  conversations_select: select,
  external_select: externalSelect,
  multi_static_select: multiSelect,
  multi_users_select: multiSelect,
  multi_channels_select: multiSelect,
  multi_conversations_select: multiSelect,
  multi_external_select: externalSelect,
  datepicker: dateTime,
  timepicker: dateTime,
  datetimepicker: dateTime,
  plain_text_input: (element, slot, surface) =>
    (element.multiline ? textArea : textInput)(element, slot, surface),
  rich_text_input: textArea,
  email_text_input: textInput,
  url_text_input: textInput,
  number_input: numberInput,
  workflow_button: button,
  feedback_buttons: feedback,
  icon_button: (element, slot, surface) => button({ ...element, text: element.text }, slot, surface),
  file_input: () => h("p", { class: "field-hint" }, "Files cannot be added in the sandbox."),
};

function button(element, slot, surface) {
  const href = element.url && isSafe(element.url) ? element.url : null;
  const node = h(
    href ? "a" : "button",
    {
      ...hooks(element, slot),
      type: href ? null : "button",
      href,
      target: href && "_blank",
      rel: href && "noopener noreferrer",
      class: `button button-${element.style ?? "default"}`,
      "aria-label": element.accessibility_label ?? null,
      "data-value": element.value ?? null,
      onclick: () => busyWhile(node, surface.act(slot.blockId, element)),
    },
    plainText(element.text),
  );
  return node;
}

/** Shows that a press is under way; a second press meanwhile does nothing. */
async function busyWhile(node, work) {
  node.setAttribute("aria-busy", "true");
  await work;
  node.removeAttribute("aria-busy");
}

function overflow(element, slot, surface) {
  const node = h(
    "button",
    {
      ...hooks(element, slot),
      type: "button",
      class: "button button-overflow",
      "aria-label": "More actions",
      "aria-haspopup": "menu",
      onclick: () =>
        openMenu(
          node,
          element.options.map((option) => ({
            label: textObject(option.text, surface.reader),
            note: option.description?.text,
            value: option.value,
            choose() {
              if (option.url && isSafe(option.url)) window.open(option.url, "_blank", "noopener");
              busyWhile(node, surface.act(slot.blockId, element, option.value));
            },
          })),
        ),
    },
    icon("more"),
  );
  return node;
}

function choices(element, slot, surface) {
  const many = element.type === "checkboxes";
  const held = surface.form.get(slot.blockId, element);
  const name = `${surface.kind}-${slot.blockId}-${element.action_id}`;
  const list = h(
    "div",
    { ...hooks(element, slot), class: "choices", role: many ? "group" : "radiogroup", onchange: changed },
    element.options.map((option) =>
      h(
        "label",
        { class: "choice" },
        h("input", {
          type: many ? "checkbox" : "radio",
          name,
          value: option.value,
          "data-value": option.value,
          checked: many ? held.includes(option.value) : held === option.value,
        }),
        h(
          "span",
          {},
          textObject(option.text, surface.reader),
          option.description && h("small", {}, textObject(option.description, surface.reader)),
        ),
      ),
    ),
  );

  function changed() {
    const chosen = [...list.querySelectorAll("input:checked")].map((input) => input.value);
    settle(element, slot, surface, many ? chosen : chosen[0]);
  }
  return list;
}

function feedback(element, slot, surface) {
  return [
    ["positive_button", "+1"],
    ["negative_button", "-1"],
  ].map(([key, thumb]) => {
    const option = element[key];
    const node = h(
      "button",
      {
        type: "button",
        class: "button",
        "data-action-id": element.action_id,
        "data-block-id": slot.blockId,
        "data-value": option.value,
        "aria-label": option.accessibility_label ?? null,
        onclick: () => busyWhile(node, surface.act(slot.blockId, element, option.value)),
      },
      emoji(thumb),
      " ",
      plainText(option.text),
    );
    return node;
  });
}
