/** One line at the foot of the page that goes away by itself. */

import { h, icon } from "./dom.js";

const tray = document.getElementById("toasts");
const SHOWN_MS = 6000;

/** `kind` is "error" (default) or "note". */
export function toast(sentence, kind = "error") {
  (openDialog() ?? document.body).append(tray);
  const line = h(
    "div",
    { class: `toast toast-${kind}`, "data-testid": "toast" },
    icon(kind === "error" ? "warning" : "check"),
    h("span", {}, sentence),
  );
  tray.append(line);
  setTimeout(() => line.remove(), SHOWN_MS);
}

/** While a modal is open the rest of the page is inert, so the tray moves into it. */
function openDialog() {
  return [...document.querySelectorAll("dialog[open]")].at(-1) ?? null;
}
