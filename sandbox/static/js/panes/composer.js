/** Where a person writes: messages, replies, and slash commands with their hints. */

import { control } from "../control.js";
import { h, icon, iconButton } from "../dom.js";
import { openMenu } from "../menu.js";
import { toast } from "../toast.js";
import { hintsFor, Hints } from "./hints.js";
import { runShortcut } from "./message.js";

const TALLEST = 200;
const drafts = new Map();

/** `thread` is the ts of the parent, or null in the channel itself. */
export class Composer {
  constructor(store, thread = null) {
    this.store = store;
    this.thread = thread;
    this.channel = store.channel;
    this.draft = `${store.as} ${this.channel.id} ${thread}`;
    this.name = thread ? "thread-composer" : "composer";
    this.field = this.#field();
    this.hints = new Hints(this.field, (text) => this.#take(text), `${this.name}-hints`);
    this.send = iconButton("send", "Send", {
      class: "composer-send",
      "data-testid": `${this.name}-send`,
      onclick: () => this.#submit(),
    });
    this.node = this.#node();
    this.#start(drafts.get(this.draft) ?? "");
    if (this.#mayTakeFocus()) this.#focus();
  }

  #field() {
    const prompt = placeholder(this.store, this.channel, this.thread);
    return h("textarea", {
      rows: 1,
      class: "composer-field",
      placeholder: prompt,
      role: "combobox",
      "aria-label": prompt,
      "aria-expanded": "false",
      "aria-autocomplete": "list",
      "data-testid": `${this.name}-input`,
      oninput: () => this.#typed(),
      onkeydown: (event) => this.#pressed(event),
      onblur: () => this.hints.close(),
    });
  }

  #node() {
    const hint = [h("b", {}, "Enter"), " sends, ", h("b", {}, "Shift + Enter"), " starts a line"];
    return h(
      "div",
      { class: "composer", "data-testid": this.name },
      this.hints.node,
      h(
        "div",
        { class: "composer-box" },
        this.field,
        h(
          "div",
          { class: "composer-tools" },
          !this.thread && this.#channelTools(),
          h("span", { class: "composer-hint" }, hint),
          this.send,
        ),
      ),
    );
  }

  /** Shortcuts and commands belong to the channel; Slack has neither in a thread. */
  #channelTools() {
    const add = iconButton("plus", "Shortcuts", {
      "aria-haspopup": "menu",
      "data-testid": `${this.name}-shortcuts`,
      onclick: () => openShortcuts(add, this.store),
    });
    const slash = iconButton("slash", "Slash commands", {
      "data-testid": `${this.name}-slash`,
      onclick: () => {
        this.#focus();
        this.#start("/");
      },
    });
    return [add, slash];
  }

  /** On a phone the keyboard stays away until it is asked for. */
  #mayTakeFocus() {
    const free = this.thread || document.activeElement === document.body;
    return free && matchMedia("(hover: hover)").matches;
  }

  #focus() {
    setTimeout(() => this.field.focus({ preventScroll: true }));
  }

  #start(text) {
    this.field.value = text;
    this.#typed();
  }

  #typed() {
    const { field } = this;
    drafts.set(this.draft, field.value);
    this.send.disabled = !field.value.trim();
    field.style.height = "auto";
    if (field.scrollHeight) field.style.height = `${Math.min(field.scrollHeight, TALLEST)}px`;
    this.hints.show(hintsFor(field.value.slice(0, field.selectionStart), this.store.snapshot, this.thread));
  }

  /** Puts a hint where the words before the caret were. */
  #take(text) {
    const rest = this.field.value.slice(this.field.selectionStart);
    this.field.value = text + rest;
    this.field.setSelectionRange(text.length, text.length);
    this.#typed();
  }

  #pressed(event) {
    if (this.hints.pressed(event)) return;
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#submit();
  }

  async #submit() {
    const text = this.field.value.trim();
    if (!text) return;
    this.#start("");
    const sent = await deliver(text, this);
    if (!sent && !this.field.value) this.#start(text);
  }
}

function placeholder({ me, snapshot }, channel, thread) {
  if (thread) return `Reply as ${me.real_name}`;
  const place = channel.kind === "im" ? snapshot.bot.name : `#${channel.name}`;
  return `Message ${place} as ${me.real_name}`;
}

/** Sends text as a message or a command; resolves to whether it went out. */
async function deliver(text, { store, channel, thread }) {
  try {
    if (text.startsWith("/")) await command(text, { store, channel, thread });
    else await post(text, { store, channel, thread });
    store.refresh();
    return true;
  } catch (error) {
    toast(error.message);
    return false;
  }
}

function post(text, { store, channel, thread }) {
  const message = { as: store.as, channel: channel.id, text: asSlack(text, store.snapshot) };
  return control.post(thread ? { ...message, thread_ts: thread } : message);
}

async function command(text, { store, channel, thread }) {
  const [name] = text.split(/\s/);
  const { commands, bot } = store.snapshot;
  if (thread) throw new Error("Slash commands do not work in threads. Type it in the channel itself.");
  if (!commands.some((known) => known.command === name)) {
    throw new Error(`There is no ${name} here. Type / to see the commands there are.`);
  }
  const words = text.slice(name.length).trim();
  const { acked } = await control.command({ as: store.as, channel: channel.id, command: name, text: words });
  if (acked === false)
    throw new Error(`${name} got no answer from ${bot.name} in time. Try again in a moment.`);
}

/** As Slack's client sends it: `& < >` escaped, and @Name turned into a mention. */
function asSlack(text, { people, bot }) {
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const named = [[bot.name, bot.user_id], ...people.map((person) => [person.real_name, person.id])];
  return named.reduce((sofar, [name, id]) => sofar.replaceAll(`@${name}`, `<@${id}>`), escaped);
}

function openShortcuts(anchor, store) {
  const { shortcuts, bot } = store.snapshot;
  const global = shortcuts.filter((shortcut) => shortcut.type !== "message");
  openMenu(anchor, [
    { heading: global.length ? "Shortcuts" : "This app has no shortcuts outside messages" },
    ...global.map(({ callback_id: callbackId, name }) => ({
      label: name,
      note: bot.name,
      icon: icon("bolt"),
      callbackId,
      choose: () => runShortcut({ as: store.as, callback_id: callbackId }, store),
    })),
  ]);
}
