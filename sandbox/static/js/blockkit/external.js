/** A select whose options the app gives while one types; one of them or several. */

import { h, icon } from "../dom.js";
import { openPanel } from "../menu.js";
import { roving } from "../roving.js";
import { plainText } from "../text/mrkdwn.js";
import { isMany } from "./form.js";
import { hooks, settle } from "./slot.js";

const SETTLED_MS = 200;
/** How many letters Slack waits for where the app says nothing. */
const LEAST = 3;

export function externalSelect(element, slot, surface) {
  const { form } = surface;
  const many = isMany(element);
  const held = () => [form.get(slot.blockId, element) ?? []].flat();
  form.learn([element.initial_option ?? [], element.initial_options ?? []].flat());
  const field = h("button", {
    ...hooks(element, slot),
    type: "button",
    class: "select multi-select",
    "aria-haspopup": "listbox",
    onclick: () => new Finder(field, { element, slot, surface, held, choose }),
  });
  show();

  function show() {
    const chips = held().map((value) => h("span", { class: many ? "chip" : null }, form.textOf(value)));
    const placeholder = h("span", { class: "placeholder" }, element.placeholder?.text ?? "Choose an option");
    field.replaceChildren(
      h("span", { class: "chips" }, chips.length ? chips : placeholder),
      icon("chevron-down"),
    );
  }

  /** Resolves when the app has heard of it, where it listens. */
  async function choose(value) {
    const before = held();
    const without = before.filter((each) => each !== value);
    const after = without.length < before.length ? without : [...before, value];
    if (many && after.length > (element.max_selected_items ?? Infinity)) return;
    const told = settle(element, slot, surface, many ? after : value);
    show();
    if (!(await told)) show();
  }
  return field;
}

/** The open panel: a field to search by, and what the app offers for it. */
class Finder {
  #timer = null;
  #asked = 0;

  constructor(field, parts) {
    Object.assign(this, parts);
    this.many = isMany(this.element);
    this.search = h("input", {
      type: "search",
      class: "text-field",
      placeholder: "Type to search",
      "aria-label": "Search",
      "data-testid": "suggest-input",
      oninput: () => this.#typed(),
      onkeydown: (event) => this.#pressed(event),
    });
    this.list = roving(h("div", { role: "listbox", "aria-label": "Options" }), "[role=option]");
    this.list.ariaMultiSelectable = String(this.many);
    this.panel = openPanel(field, [this.search, this.list], { look: "panel-finder" });
    this.#ask();
  }

  #typed() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), SETTLED_MS);
  }

  #pressed(event) {
    if (event.key === "Enter") event.preventDefault();
    if (event.key !== "ArrowDown") return;
    event.preventDefault();
    this.list.querySelector("[role=option]")?.focus();
  }

  /** Only the answer to the newest question is shown. */
  async #ask() {
    const query = this.search.value.trim();
    const least = this.element.min_query_length ?? LEAST;
    const number = (this.#asked += 1);
    if (query.length < least) return this.#say(least === 1 ? "Type a letter." : `Type ${least} letters.`);
    this.#say("Searching…");
    const answer = await this.surface.suggest(this.slot.blockId, this.element, query);
    if (number === this.#asked) this.#offer(answer);
    return undefined;
  }

  #offer({ options = [], option_groups: groups = [], trouble }) {
    if (trouble) return this.#say(trouble);
    if (!options.length) return this.#say("Nothing was found.");
    this.surface.form.learn(options);
    const sections = groups.length ? groups : [{ options }];
    this.list.replaceChildren(
      ...sections.flatMap((group) => [
        ...(group.label ? [h("p", { class: "panel-label" }, plainText(group.label))] : []),
        ...group.options.map((option) => this.#row(option)),
      ]),
    );
    return undefined;
  }

  #row({ value, text, description }) {
    const row = h(
      "button",
      {
        type: "button",
        role: "option",
        class: "menu-item",
        "data-value": value,
        onclick: () => {
          this.choose(value);
          if (this.many) this.#mark();
          else this.panel.hidePopover();
        },
      },
      h("span", { class: "menu-mark" }, icon("check")),
      h("span", {}, plainText(text), description && h("small", {}, plainText(description))),
    );
    row.ariaSelected = String(this.held().includes(value));
    return row;
  }

  #mark() {
    for (const row of this.list.querySelectorAll("[role=option]"))
      row.ariaSelected = String(this.held().includes(row.dataset.value));
  }

  #say(sentence) {
    this.list.replaceChildren(h("p", { class: "panel-label", role: "status" }, sentence));
  }
}
