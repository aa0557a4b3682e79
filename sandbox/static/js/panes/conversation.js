/** The main pane: a channel or DM with its composer, or the App Home. */

import { control } from "../control.js";
import { h, icon, patch } from "../dom.js";
import { readerOf } from "../reader.js";
import { HOME } from "../store.js";
import { Composer } from "./composer.js";
import { beginning, headItem } from "./heads.js";
import { homeBody } from "./home.js";
import { isReply, timeline } from "./timeline.js";
import { welcome } from "./welcome.js";

const SHOWN = 200;
const NEAR_END = 80;

export class Conversation {
  #head = h("header", { class: "pane-head" });
  #hint = h("div");
  #list = h("div", { class: "messages", "data-testid": "messages" });
  #home = h("div", { class: "home", "data-testid": "home" });
  #foot = h("div", { class: "pane-foot" });
  /** Which place is open for whom, how much of it is drawn, and what was last in it. */
  #view = { place: null, shown: SHOWN, newFrom: null, last: null };

  constructor(pane, store, surfaces) {
    this.store = store;
    this.surfaces = surfaces;
    this.scroller = h("div", { class: "scroller", tabindex: 0, role: "region", "aria-label": "Messages" });
    this.scroller.append(this.#list, this.#home);
    this.jump = h("button", { type: "button", class: "jump", hidden: true, "data-testid": "jump-to-newest" });
    this.jump.append(icon("arrow-down"), "New messages");
    this.jump.addEventListener("click", () => this.#toEnd());
    this.scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    const box = h("div", { class: "scroller-box" }, this.scroller, this.jump);
    pane.append(this.#head, this.#hint, box, this.#foot);
    patch(this.#hint, welcome());
    store.subscribe(() => this.#draw());
  }

  #draw() {
    const place = `${this.store.as} ${this.store.route.place}`;
    const entered = place !== this.#view.place;
    if (entered) this.#view = { place, shown: SHOWN, newFrom: null, last: null };
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
    if (entered) this.#view.newFrom = firstUnread(messages, channel, as);
    this.#drawList(channel, messages);
    this.#drawComposer();
    this.#follow(messages.at(-1), wasAtEnd);
    if (entered && channel.kind === "im") inform(control.openMessages(as));
    if (channel.unread) inform(control.read(as, channel.id));
  }

  #drawList(channel, messages) {
    const { store, surfaces } = this;
    const page = { store, surfaces, channel, reader: readerOf(store) };
    const roots = messages.filter((message) => !isReply(message));
    const newest = roots.slice(-this.#view.shown);
    const hidden = roots.length - newest.length;
    const repliesOf = (root) => messages.filter((each) => isReply(each) && each.thread_ts === root.ts);
    const items = timeline(newest, { newFrom: this.#view.newFrom, repliesOf }, page);
    const top = hidden ? this.#earlier(hidden) : beginning(channel, store, roots.length === 0);
    patch(this.#list, [top, ...items]);
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
    const onclick = () => this.#showEarlier();
    const look = { type: "button", class: "earlier", "data-testid": "show-earlier", onclick };
    return { key: "earlier", signature: words, make: () => h("button", look, words) };
  }

  /** Keeps what was on top where it was, although 200 messages come in above it. */
  #showEarlier() {
    const { scroller } = this;
    const fromEnd = scroller.scrollHeight - scroller.scrollTop;
    this.#view.shown += SHOWN;
    this.store.changed();
    scroller.scrollTop = scroller.scrollHeight - fromEnd;
  }

  #scrolled() {
    if (this.#isAtEnd()) this.jump.hidden = true;
  }

  #isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR_END;
  }

  #toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }
}

/** Tells the sandbox what the reader looks at; nothing on the page hangs on its answer. */
const inform = (call) => call.catch(() => {});

/** The server counts what others wrote since this person last looked; the line stands above the first. */
function firstUnread(messages, channel, as) {
  if (!channel.unread) return null;
  const others = messages.filter((message) => message.user !== as);
  const first = others.slice(-channel.unread).find((message) => !isReply(message));
  return first && first.ts !== messages[0]?.ts ? first.ts : null;
}
