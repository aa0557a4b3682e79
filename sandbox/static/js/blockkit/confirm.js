/** The "are you sure?" of an element that asks for one. */

import { h } from "../dom.js";
import { trap } from "../focus.js";
import { plainText, textObject } from "../text/mrkdwn.js";

/** Resolves to whether the person went ahead. */
export function confirmed({ title, text, confirm, deny, style }, reader) {
  return new Promise((resolve) => {
    const answer = (value) => () => dialog.close(value);
    const dialog = h(
      "dialog",
      {
        class: "modal confirm",
        "aria-labelledby": "confirm-title",
        "data-testid": "confirm",
        onclose: () => {
          dialog.remove();
          resolve(dialog.returnValue === "yes");
        },
      },
      h(
        "div",
        { class: "modal-card" },
        h("div", { class: "modal-head" }, h("h2", { id: "confirm-title" }, plainText(title))),
        h("div", { class: "modal-body text" }, textObject(text, reader)),
        h(
          "div",
          { class: "modal-foot" },
          h(
            "button",
            { type: "button", class: "button", onclick: answer("no"), "data-testid": "confirm-deny" },
            plainText(deny),
          ),
          h(
            "button",
            {
              type: "button",
              class: `button button-${style ?? "primary"}`,
              onclick: answer("yes"),
              "data-testid": "confirm-accept",
            },
            plainText(confirm),
          ),
        ),
      ),
    );
    document.body.append(trap(dialog));
    dialog.showModal();
  });
}
