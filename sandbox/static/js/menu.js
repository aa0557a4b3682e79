/** Popovers: menus and panels that hang on a button, above an open modal too. */

import { h } from "./dom.js";
import { returnTo } from "./focus.js";
import { roving } from "./roving.js";

const GAP = 4;
const MARGIN = 8;

/** `items` are {label, note?, value?, checked?, choose(), heading?}; arrow keys move, Esc closes. */
export function openMenu(anchor, items) {
  const rows = items.map((item) =>
    item.heading
      ? h("p", { class: "panel-label" }, item.heading)
      : h(
          "button",
          {
            type: "button",
            role: item.checked === undefined ? "menuitem" : "menuitemradio",
            "aria-checked": item.checked === undefined ? null : String(item.checked),
            class: "menu-item",
            "data-value": item.value ?? null,
            "data-callback-id": item.callbackId ?? null,
            onclick: () => {
              panel.hidePopover();
              item.choose();
            },
          },
          item.icon,
          h("span", {}, item.label, item.note && h("small", {}, item.note)),
        ),
  );
  const panel = openPanel(anchor, rows);
  panel.setAttribute("role", "menu");
  roving(panel, ".menu-item").addEventListener("keydown", (event) => {
    if (event.key === "Tab") panel.hidePopover();
  });
  return panel;
}

/** Any content; `closed` is called once, when it has gone. */
export function openPanel(anchor, children, { look = "", closed = () => {} } = {}) {
  const panel = h("div", { class: `panel ${look}`, popover: "auto" }, children);
  const back = returnTo(anchor);
  (anchor.closest("dialog") ?? document.body).append(panel);
  panel.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    const within = panel.contains(document.activeElement);
    panel.remove();
    anchor.setAttribute("aria-expanded", "false");
    if (within || document.activeElement === document.body) back();
    closed();
  });
  panel.showPopover();
  anchor.setAttribute("aria-expanded", "true");
  place(panel, anchor.getBoundingClientRect());
  panel.querySelector("input, button, [tabindex]")?.focus({ preventScroll: true });
  return panel;
}

/** Below the anchor, or above where there is more room; as high as that room and no higher. */
function place(panel, anchor) {
  const below = innerHeight - anchor.bottom - GAP - MARGIN;
  const above = anchor.top - GAP - MARGIN;
  const down = panel.offsetHeight <= below || below >= above;
  panel.style.setProperty("--room", `${down ? below : above}px`);
  const { offsetWidth: width, offsetHeight: height } = panel;
  const left = anchor.left + width <= innerWidth - MARGIN ? anchor.left : anchor.right - width;
  panel.style.top = `${down ? anchor.bottom + GAP : anchor.top - GAP - height}px`;
  panel.style.left = `${Math.max(MARGIN, left)}px`;
}

/** Whether this key closes what lies below: Esc, when no hint list took it and no popover is open. */
export function escapes(event) {
  return event.key === "Escape" && !event.defaultPrevented && !document.querySelector(":popover-open");
}
