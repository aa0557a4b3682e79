/** The main pane: a channel or DM with its composer, or the App Home. */

import { control } from "../control.js";
import { h, icon, patch } from "../dom.js";
import { readerOf } from "../reader.js";
import { HOME } from "../store.js";
import { enterFromEnd, walkable } from "./walk.js";
import { Composer } from "./composer.js";
import { beginning, headItem } from "./heads.js";
import { homeBody } from "./home.js";
import { inChannel, isReply, timeline } from "./timeline.js";
import { welcome } from "./welcome.js";

const NEAR_END = 80;

export class Conversation {
  #head = h("header", { class: "pane-head" });
  #hint = h("div");
  #list = h("div", { class: "messages", "data-testid": "messages" });
  #home = h("div", { class: "home", "data-testid": "home" });
  #foot = h("div", { class: "pane-foot" });
  #atEnd = true;
  #top = 0;
  /** Which place is open for whom, and what was first and last in it. */
  #view = { place: null, newFrom: null, first: null, last: null };

  constructor(pane, store, surfaces) {
    this.store = store;
    this.surfaces = surfaces;
    this.scroller = h("div", { class: "scroller", tabindex: 0, role: "region", "aria-label": "Messages" });
    this.scroller.append(walkable(this.#list), this.#home);
    this.scroller.addEventListener("keydown", (event) => enterFromEnd(event, this.#list));
    this.jump = h("button", { type: "button", class: "jump", hidden: true, "data-testid": "jump-to-newest" });
    this.jump.append(icon("arrow-down"), "New messages");
    this.jump.addEventListener("click", () => this.#toEnd());
    this.scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    // The inspector, the keyboard of a phone: whoever read the newest goes on reading it.
    new ResizeObserver(() => this.#atEnd && !this.#list.hidden && this.#toEnd()).observe(this.scroller);
    const box = h("div", { class: "scroller-box" }, this.scroller, this.jump);
    pane.append(this.#head, this.#hint, box, this.#foot);
    patch(this.#hint, welcome());
    store.subscribe(() => this.#draw());
  }

  #draw() {
    const place = `${this.store.as} ${this.store.route.place}`;
    const entered = place !== this.#view.place;
    if (entered) this.#view = { place, newFrom: null, first: null, last: null };
    const atHome = this.store.route.place === HOME;
    patch(this.#head, [headItem(this.store)]);
    this.#list.hidden = this.#foot.hidden = atHome;
    this.#home.hidden = !atHome;
    if (atHome) this.#drawHome(entered);
    else this.#drawChannel(entered);
  }

  #drawHome(entered) {
    const { store } = this;
    homeBody(this.#home, store, this.surfaces);
    this.jump.hidden = true;
    if (!entered) return;
    this.scroller.scrollTop = 0;
    inform(control.openHome(store.as)).then(() => store.refresh());
  }

  #drawChannel(entered) {
    const { channel, as } = this.store;
    const messages = this.store.messages(channel.id);
    const wasAtEnd = entered || this.#isAtEnd();
    const fromEnd = this.scroller.scrollHeight - this.scroller.scrollTop;
    if (entered) this.#view.newFrom = firstUnread(messages, channel, as);
    const first = this.#drawList(channel, messages);
    this.#drawComposer();
    // What was on top stays where it was, although earlier messages came in above it.
    if (first < this.#view.first) this.scroller.scrollTop = this.scroller.scrollHeight - fromEnd;
    else this.#follow(messages.at(-1), wasAtEnd);
    this.#view.first = first;
    if (entered && channel.kind === "im") inform(control.openMessages(as));
    if (channel.unread) inform(control.read(as, channel.id));
  }

  /** Gives the ts of the first message it drew. */
  #drawList(channel, messages) {
    const { store, surfaces } = this;
    const page = { store, surfaces, channel, reader: readerOf(store), lastReplies: lastReplies(messages) };
    const shown = messages.filter((message) => inChannel(message) && message.ts >= channel.since);
    const items = timeline(shown, { newFrom: this.#view.newFrom }, page);
    const top = channel.earlier
      ? this.#earlier(channel.earlier)
      : beginning(channel, store, shown.length === 0);
    patch(this.#list, [top, ...items]);
    return shown[0]?.ts ?? null;
  }

  #drawComposer() {
    const make = () => new Composer(this.store).node;
    patch(this.#foot, [{ key: this.#view.place, signature: "", make }]);
  }

  /** Stays at the end if it was there, or if one wrote oneself; else says that something came. */
  #follow(last, wasAtEnd) {
    const came = Boolean(last) && last.ts > (this.#view.last ?? "");
    const known = this.#view.last !== null;
    if (wasAtEnd || (came && last.user === this.store.as)) this.#toEnd();
    else if (came && known) this.jump.hidden = false;
    this.#view.last = last?.ts ?? null;
  }

  #earlier(hidden) {
    const words = `Show earlier messages (${hidden})`;
    const onclick = () => this.store.deepen();
    const look = { type: "button", class: "earlier", "data-testid": "show-earlier", onclick };
    return { key: "earlier", signature: words, make: () => h("button", look, words) };
  }

  #scrolled() {
    // A scroller that became lower has moved nothing: only the reader's own scrolling counts.
    if (this.scroller.scrollTop !== this.#top) this.#atEnd = this.#isAtEnd();
    this.#top = this.scroller.scrollTop;
    if (this.#atEnd) this.jump.hidden = true;
  }

  #isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR_END;
  }

  #toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.#atEnd = true;
  }
}

/** The moment of the last reply to each message, by its ts; messages are oldest first. */
function lastReplies(messages) {
  return new Map(messages.filter(isReply).map((reply) => [reply.thread_ts, new Date(reply.at)]));
}

/** Tells the sandbox what the reader looks at; nothing on the page hangs on its answer. */
const inform = (call) => call.catch(() => {});

/** The server counts what others wrote since this person last looked; the line stands above the first. */
function firstUnread(messages, channel, as) {
  if (!channel.unread) return null;
  const others = messages.filter((message) => message.user !== as);
  const first = others.slice(-channel.unread).find(inChannel);
  return first && first.ts !== messages[0]?.ts ? first.ts : null;
}
