/** Typed input: text, numbers, dates and times. */

import { h } from "../dom.js";
import { localFromUnix, unixFromLocal } from "../text/dates.js";
import { hooks, settle } from "./slot.js";

const KINDS = {
  email_text_input: "email",
  url_text_input: "url",
  datepicker: "date",
  timepicker: "time",
  datetimepicker: "datetime-local",
};

export function textInput(element, slot, surface) {
  return typed(
    h("input", {
      ...common(element, slot),
      type: KINDS[element.type] ?? "text",
      inputmode: KINDS[element.type] ?? null,
    }),
    element,
    slot,
    surface,
  );
}

export function textArea(element, slot, surface) {
  return typed(h("textarea", { ...common(element, slot), rows: 4 }), element, slot, surface);
}

export function numberInput(element, slot, surface) {
  const mode = element.is_decimal_allowed ? "decimal" : "numeric";
  return typed(
    h("input", { ...common(element, slot), type: "text", inputmode: mode }),
    element,
    slot,
    surface,
  );
}

function common(element, slot) {
  return {
    ...hooks(element, slot),
    class: "text-field",
    placeholder: element.placeholder?.text ?? null,
    autofocus: Boolean(element.focus_on_load),
    autocomplete: "off",
  };
}

/** Tells the app on Enter, or letter by letter, as `dispatch_action_config` asks. */
function typed(node, element, slot, surface) {
  const triggers = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  node.value = surface.form.get(slot.blockId, element) ?? "";
  const value = () => node.value || null;
  const quietly = { ...slot, dispatch: false };
  node.addEventListener("input", () => {
    const listening = slot.dispatch && triggers.includes("on_character_entered");
    settle(element, listening ? slot : quietly, surface, value());
  });
  node.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || !slot.dispatch || !triggers.includes("on_enter_pressed"))
      return;
    event.preventDefault();
    settle(element, slot, surface, value());
  });
  return node;
}

/** A date and time is typed in the reader's own zone and kept in Unix seconds. */
export function dateTime(element, slot, surface) {
  const { tz } = surface.reader;
  const whole = element.type === "datetimepicker";
  const held = surface.form.get(slot.blockId, element);
  const node = h("input", {
    ...hooks(element, slot),
    class: "text-field date-field",
    type: KINDS[element.type],
    value: whole && held ? localFromUnix(held, tz) : (held ?? ""),
    "aria-label": slot.id ? null : (element.placeholder?.text ?? "Date"),
    onchange: () =>
      settle(
        element,
        slot,
        surface,
        whole && node.value ? unixFromLocal(node.value, tz) : node.value || null,
      ),
  });
  return node;
}
