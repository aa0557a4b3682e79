/** The first-visit line that says what to try. Closed once, it stays closed in this browser. */

import { h, icon, iconButton } from "../dom.js";

const CLOSED = "sandbox.welcome.closed";

export function welcome() {
  if (localStorage.getItem(CLOSED)) return [];
  return [{ key: "welcome", signature: "", make: line }];
}

function line() {
  const node = h(
    "div",
    { class: "welcome", role: "note", "data-testid": "welcome" },
    icon("bulb"),
    h(
      "p",
      {},
      h("strong", {}, "Try this: "),
      "press ",
      h("em", {}, "Claim"),
      " on a card, answer a lead in your messages from Liaison, act as somebody else, ",
      "or move the clock and see who is reminded.",
    ),
    iconButton("close", "Close this hint", { "data-testid": "welcome-close", onclick: close }),
  );

  function close() {
    localStorage.setItem(CLOSED, "yes");
    node.remove();
  }
  return node;
}
