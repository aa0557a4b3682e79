/** The side pane of one thread; on a phone it covers the conversation. */

import { h, iconButton, patch } from "../dom.js";
import { escapes } from "../menu.js";
import { readerOf } from "../reader.js";
import { HOME } from "../store.js";
import { Composer } from "./composer.js";
import { timeline } from "./timeline.js";
import { enterFromEnd, walkable } from "./walk.js";

const NEAR_END = 80;

export class Thread {
  #subtitle = h("small");
  #list = walkable(h("div", { class: "messages" }));
  #scroller = h(
    "div",
    { class: "scroller", tabindex: 0, role: "region", "aria-label": "Thread" },
    this.#list,
  );
  #foot = h("div", { class: "pane-foot" });
  #open = null;

  constructor(pane, store, surfaces) {
    this.pane = pane;
    this.store = store;
    this.surfaces = surfaces;
    const onclick = () => this.#leave();
    const back = iconButton("chevron-left", "Back to the conversation", { class: "back", onclick });
    const close = iconButton("close", "Close the thread", {
      class: "at-end close",
      "data-testid": "close-thread",
      onclick,
    });
    const title = h("div", { class: "pane-title" }, back, h("h2", {}, "Thread"), this.#subtitle, close);
    pane.setAttribute("aria-label", "Thread");
    pane.append(
      h("header", { class: "pane-head" }, title),
      h("div", { class: "scroller-box" }, this.#scroller),
      this.#foot,
    );
    this.#scroller.addEventListener("keydown", (event) => enterFromEnd(event, this.#list));
    pane.addEventListener("keydown", (event) => escapes(event) && this.#leave());
    store.subscribe(() => this.#draw());
  }

  /** Back to where the thread was opened from, for the keyboard too. */
  #leave() {
    const { thread } = this.store.route;
    this.store.go({});
    const root = document.querySelector(`#conversation [data-ts="${CSS.escape(thread)}"]`);
    (root?.querySelector(".replies") ?? root ?? document.getElementById("conversation")).focus();
  }

  #draw() {
    const { thread, place } = this.store.route;
    this.pane.hidden = !thread || place === HOME;
    if (this.pane.hidden) this.#empty();
    else this.#show(thread);
  }

  #empty() {
    this.#open = null;
    patch(this.#list, []);
    patch(this.#foot, []);
  }

  #show(thread) {
    const { store } = this;
    const { channel } = store;
    const key = `${store.as} ${thread}`;
    const wasAtEnd = this.#open !== key || this.#isAtEnd();
    this.#open = key;
    this.#subtitle.textContent = channel.kind === "im" ? store.snapshot.bot.name : `#${channel.name}`;
    patch(this.#list, this.#items(channel, thread));
    patch(this.#foot, [{ key, signature: "", make: () => new Composer(store, thread).node }]);
    if (wasAtEnd) this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }

  #items(channel, thread) {
    const { store, surfaces } = this;
    const page = { store, surfaces, channel, reader: readerOf(store) };
    const messages = store.messages(channel.id);
    const root = messages.filter((message) => message.ts === thread);
    const replies = messages.filter((message) => message.thread_ts === thread && message.ts !== thread);
    const above = root.length ? timeline(root, { inThread: true }, page) : [gone()];
    const below = timeline(replies, { inThread: true }, page);
    return replies.length ? [...above, countLine(replies.length), ...below] : above;
  }

  #isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR_END;
  }
}

function gone() {
  const words = "The message this thread began with is not here any more.";
  return { key: "gone", signature: "", make: () => h("p", { class: "thread-gone" }, words) };
}

function countLine(count) {
  const words = count === 1 ? "1 reply" : `${count} replies`;
  return {
    key: "count",
    signature: words,
    make: () => h("div", { class: "reply-count" }, h("span", {}, words)),
  };
}
