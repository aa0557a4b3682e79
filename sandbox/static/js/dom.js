/** Building and patching DOM nodes. Text always goes in as text nodes, never as HTML. */

const SVG = "http://www.w3.org/2000/svg";
const signatures = new WeakMap();

/**
 * An element. In `props`, `on*` functions become listeners, `null`, `undefined` and `false` are
 * left out, `true` is an empty attribute, and a few names (value, checked …) are set as properties.
 */
export function h(tag, props = {}, ...children) {
  return furnish(document.createElement(tag), props, children);
}

export function svg(tag, props = {}, ...children) {
  return furnish(document.createElementNS(SVG, tag), props, children);
}

const PROPERTIES = new Set(["value", "checked", "disabled", "hidden", "selected", "indeterminate"]);

function furnish(node, props, children) {
  node.append(
    ...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false),
  );
  for (const [name, value] of Object.entries(props)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (PROPERTIES.has(name) && node.namespaceURI !== SVG) node[name] = value;
    else if (value !== null && value !== undefined && value !== false) {
      node.setAttribute(name, value === true ? "" : String(value));
    }
  }
  return node;
}

/** A picture from the sprite; it says nothing by itself, so its button carries the label. */
export function icon(name) {
  return svg(
    "svg",
    { class: `icon icon-${name}`, "aria-hidden": "true" },
    svg("use", { href: `/static/svg/icons.svg#${name}` }),
  );
}

export function iconButton(name, label, props = {}) {
  return h(
    "button",
    {
      type: "button",
      ...props,
      class: `icon-button ${props.class ?? ""}`,
      "aria-label": label,
      title: label,
    },
    icon(name),
  );
}

/**
 * Brings the children of `parent` to `items` ({key, signature, make(previous)}) in order and
 * touches only what differs: scroll, focus and half-typed input in the rest stay as they are.
 */
export function patch(parent, items) {
  const wanted = new Set(items.map((item) => item.key));
  const present = new Map();
  for (const node of [...parent.children]) {
    if (wanted.has(node.dataset.key)) present.set(node.dataset.key, node);
    else node.remove();
  }
  let cursor = parent.firstElementChild;
  for (const item of items) {
    const previous = present.get(item.key);
    const node = current(previous, item);
    // A node that is moved loses the focus, so one that took another's place stays there.
    if (cursor && cursor === previous) cursor = node;
    if (node !== cursor) parent.insertBefore(node, cursor);
    cursor = node.nextElementSibling;
  }
}

function current(previous, item) {
  if (previous && signatures.get(previous) === item.signature) return previous;
  const node = item.make(previous);
  node.dataset.key = item.key;
  signatures.set(node, item.signature);
  if (previous) replaceKeepingFocus(previous, node);
  return node;
}

function replaceKeepingFocus(previous, node) {
  const held = previous.contains(document.activeElement) ? document.activeElement : null;
  previous.replaceWith(node);
  if (!held) return;
  const { actionId, testid } = held.dataset;
  const hook = actionId ? ["data-action-id", actionId] : testid && ["data-testid", testid];
  const twin = hook && node.querySelector(`[${hook[0]}="${CSS.escape(hook[1])}"]`);
  (twin || node).focus({ preventScroll: true });
}
