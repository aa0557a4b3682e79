/** The inspector: every call of the app and every delivery to it, with what was said. */

import { h, iconButton, patch } from "../dom.js";
import { escapes } from "../menu.js";
import { roving } from "../roving.js";
import { Feed } from "../traffic.js";
import { detailNode, KINDS, nameOf, outcomeOf, rowNode } from "./exchange.js";

const DRAWN = 300;
const GROUPS = { all: "All", ...Object.fromEntries(Object.entries(KINDS).map(([k, v]) => [k, `${v}s`])) };
GROUPS.response_url = "Replies";

export class Inspector {
  #list = h("div", { class: "exchanges", role: "listbox", "aria-label": "Traffic, newest first" });
  #detail = h("div", { class: "inspector-detail" });
  #count = h("small", { "data-testid": "inspector-count" });
  #group = "all";
  #sought = "";
  #chosen = null;
  #opener = null;

  constructor(pane, store) {
    this.pane = pane;
    this.store = store;
    this.feed = new Feed(() => this.#draw());
    pane.setAttribute("aria-label", "Traffic inspector");
    pane.append(this.#head(), h("div", { class: "inspector-body" }, this.#list, this.#detail));
    pane.addEventListener("keydown", (event) => escapes(event) && this.close());
    roving(this.#list, "[role=option]");
  }

  toggle() {
    if (this.pane.hidden) this.open();
    else this.close();
  }

  open() {
    this.#opener = document.activeElement;
    this.pane.hidden = false;
    this.feed.start();
    this.#draw();
    this.pane.querySelector("[type=search]").focus();
    this.#tell();
  }

  close() {
    this.feed.stop();
    this.pane.hidden = true;
    this.#opener?.focus();
    this.#tell();
  }

  /** For whoever shows whether it is open. */
  #tell() {
    this.pane.dispatchEvent(new Event("toggled"));
  }

  #head() {
    const search = h("input", {
      type: "search",
      class: "text-field",
      placeholder: "Filter: a method, a name, any word",
      "aria-label": "Filter the traffic",
      "data-testid": "inspector-filter",
      oninput: () => this.#narrow({ sought: search.value.trim().toLowerCase() }),
    });
    const group = h(
      "select",
      {
        class: "inspector-group",
        "aria-label": "Kind",
        "data-testid": "inspector-kind",
        onchange: () => this.#narrow({ group: group.value }),
      },
      Object.entries(GROUPS).map(([value, label]) => h("option", { value }, label)),
    );
    return h(
      "header",
      { class: "inspector-head" },
      iconButton("chevron-left", "Back", { class: "back", onclick: () => this.#back() }),
      h("h2", {}, "Traffic"),
      this.#count,
      search,
      group,
      this.#pauseButton(),
      iconButton("clear", "Clear the list", { onclick: () => this.#clear() }),
      iconButton("close", "Close the inspector", {
        "data-testid": "inspector-close",
        onclick: () => this.close(),
      }),
    );
  }

  #pauseButton() {
    const { feed } = this;
    const node = iconButton("pause", "Pause", {
      "aria-pressed": "false",
      "data-testid": "inspector-pause",
      onclick: () => {
        feed.paused = !feed.paused;
        node.setAttribute("aria-pressed", String(feed.paused));
        this.#draw();
      },
    });
    return node;
  }

  #narrow({ sought = this.#sought, group = this.#group }) {
    this.#sought = sought;
    this.#group = group;
    this.#draw();
  }

  #clear() {
    this.#chosen = null;
    this.feed.clear();
  }

  /** On a phone the payload covers the list: Back leads to it first. */
  #back() {
    if (this.#chosen === null) this.close();
    else this.#choose(null);
  }

  #choose(exchange) {
    if (this.#chosen === (exchange?.n ?? null)) return;
    this.#chosen = exchange?.n ?? null;
    this.#draw();
  }

  #draw() {
    if (this.pane.hidden || !this.store.ready) return;
    const { exchanges, paused } = this.feed;
    const found = exchanges.filter((exchange) => this.#wanted(exchange));
    const drawn = found.slice(0, DRAWN);
    const chosen = exchanges.find(({ n }) => n === this.#chosen);
    this.pane.classList.toggle("has-chosen", Boolean(chosen));
    this.#count.textContent = [countOf(found.length, exchanges.length), paused && "paused"]
      .filter(Boolean)
      .join(", ");
    patch(this.#list, drawn.length ? drawn.map((each) => this.#row(each)) : [this.#nothing(exchanges.length)]);
    for (const row of this.#list.querySelectorAll("[role=option]"))
      row.setAttribute("aria-selected", String(row.dataset.key === String(this.#chosen)));
    patch(this.#detail, [chosen ? detailItem(chosen) : hint()]);
  }

  #wanted(exchange) {
    const inGroup = this.#group === "all" || exchange.kind === this.#group;
    return inGroup && (!this.#sought || textOf(exchange).includes(this.#sought));
  }

  #row(exchange) {
    const choose = () => this.#choose(exchange);
    return {
      key: String(exchange.n),
      signature: outcomeOf(exchange),
      make: () => rowNode(exchange, choose, this.store),
    };
  }

  #nothing(known) {
    const words = known
      ? "Nothing here matches the filter."
      : "Nothing yet. Press a button or move the clock, and what goes over the wire appears here.";
    return { key: "nothing", signature: words, make: () => h("p", { class: "inspector-hint" }, words) };
  }
}

const texts = new WeakMap();

/** All of an exchange in lower case, made once. */
function textOf(exchange) {
  if (!texts.has(exchange))
    texts.set(exchange, `${nameOf(exchange)} ${JSON.stringify(exchange)}`.toLowerCase());
  return texts.get(exchange);
}

function countOf(found, all) {
  return found === all ? `${all}` : `${found} of ${all}`;
}

function detailItem(exchange) {
  return {
    key: String(exchange.n),
    signature: `${outcomeOf(exchange)} ${Boolean(exchange.answer)}`,
    make: () => detailNode(exchange),
  };
}

function hint() {
  const words = "Choose a line to read its payload.";
  return { key: "hint", signature: "", make: () => h("p", { class: "inspector-hint" }, words) };
}
