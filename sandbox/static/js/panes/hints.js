/** What the composer offers while one types: slash commands after "/", people after "@". */

import { personAvatar } from "../avatar.js";
import { h } from "../dom.js";

/** Hints for the text before the caret: [{text (what it becomes), title, detail, face?}]. */
export function hintsFor(before, snapshot, thread) {
  if (/^\/\S*$/.test(before) && !thread) return commandHints(before, snapshot.commands);
  const asked = /^\/\S+/.exec(before)?.[0];
  if (asked && !thread)
    return commandHints(
      asked,
      snapshot.commands.filter(({ command }) => command === asked),
      true,
    );
  const [, head, name] = /^([^]*?(?:^|\s))@([\w ]{0,20})$/.exec(before) ?? [];
  return name === undefined ? [] : peopleHints(head, name, snapshot.people);
}

function commandHints(start, commands, typing = false) {
  return commands
    .filter(({ command }) => command.startsWith(start))
    .map(({ command, description, usage_hint: usage }) => ({
      text: `${command} `,
      title: command,
      usage: usage ?? "",
      detail: description,
      passive: typing,
    }));
}

function peopleHints(head, name, people) {
  const sought = name.toLowerCase();
  return people
    .filter(
      (person) => person.real_name.toLowerCase().startsWith(sought) && person.real_name.length > name.length,
    )
    .slice(0, 6)
    .map((person) => ({
      text: `${head}@${person.real_name} `,
      title: person.real_name,
      usage: "",
      detail: person.title,
      face: person,
    }));
}

export class Hints {
  #hints = [];
  #chosen = 0;

  constructor(field, take, testid) {
    this.field = field;
    this.take = take;
    this.node = h("div", {
      class: "hints",
      role: "listbox",
      "aria-label": "Suggestions",
      hidden: true,
      "data-testid": testid,
    });
  }

  show(hints) {
    this.#hints = hints;
    this.#chosen = 0;
    this.#draw();
  }

  close() {
    this.show([]);
  }

  #draw() {
    this.node.hidden = !this.#hints.length;
    this.field.setAttribute("aria-expanded", String(!this.node.hidden));
    this.node.replaceChildren(...this.#hints.map((hint, index) => this.#row(hint, index)));
  }

  #row(hint, index) {
    const chosen = index === this.#chosen && !hint.passive;
    return h(
      "div",
      {
        class: "hint",
        role: "option",
        "aria-selected": String(chosen),
        "data-command": hint.title,
        onpointerdown: (event) => event.preventDefault(),
        onclick: () => !hint.passive && this.take(hint.text),
      },
      hint.face && personAvatar(hint.face, "small"),
      h("span", {}, h("strong", {}, hint.title), " ", h("code", {}, hint.usage), h("small", {}, hint.detail)),
    );
  }

  /** Takes the key when it is one for the list; then the composer leaves it alone. */
  pressed(event) {
    if (this.node.hidden || this.#hints[0]?.passive) return event.key === "Escape" && this.#escape(event);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const takes = ["Enter", "Tab"].includes(event.key) && !event.shiftKey && !this.#complete();
    if (!step && !takes && event.key !== "Escape") return false;
    event.preventDefault();
    if (step) this.#chosen = (this.#chosen + step + this.#hints.length) % this.#hints.length;
    if (step) this.#draw();
    else if (takes) this.take(this.#hints[this.#chosen].text);
    else this.close();
    return true;
  }

  /** A command typed to its last letter is sent by Enter, not completed once more. */
  #complete() {
    return this.field.value === this.#hints[this.#chosen].title;
  }

  #escape(event) {
    if (this.node.hidden) return false;
    event.preventDefault();
    this.close();
    return true;
  }
}
