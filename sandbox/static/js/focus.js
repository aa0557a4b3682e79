/** Where the keyboard is: kept inside what is open, and brought back when it closes. */

const FOCUSABLE = "a[href], button, input, select, textarea, [tabindex]";

/** Brings the focus back to `node`, or to what replaced it when its message was drawn anew. */
export function returnTo(node) {
  const message = node?.closest("[data-ts]");
  const { actionId, blockId } = node?.dataset ?? {};
  return () => {
    if (node?.isConnected) return node.focus({ preventScroll: true });
    const around = message ? twinOf(message) : document;
    const action = actionId && around?.querySelector(selectorOf(actionId, blockId));
    (action || (message && around) || document.getElementById("conversation")).focus({ preventScroll: true });
  };
}

function twinOf(message) {
  const { ts } = message.dataset;
  return document.querySelector(`#${message.closest(".pane")?.id ?? "stage"} [data-ts="${CSS.escape(ts)}"]`);
}

const selectorOf = (actionId, blockId) =>
  `[data-action-id="${CSS.escape(actionId)}"]${blockId ? `[data-block-id="${CSS.escape(blockId)}"]` : ""}`;

/** Tab goes round within a dialog and never out of it. */
export function trap(dialog) {
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "Tab") return;
    const stops = [...dialog.querySelectorAll(FOCUSABLE)].filter(
      (node) => node.tabIndex >= 0 && !node.disabled && node.checkVisibility(),
    );
    const edge = event.shiftKey ? stops[0] : stops.at(-1);
    if (document.activeElement !== edge && dialog.contains(document.activeElement)) return;
    event.preventDefault();
    (event.shiftKey ? stops.at(-1) : stops[0])?.focus();
  });
  return dialog;
}
