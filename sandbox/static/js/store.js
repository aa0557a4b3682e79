/** What the page knows: the sandbox's last snapshot, and where this reader is in it. */

import { control, Refused } from "./control.js";
import { readRoute, START, userId, writeRoute } from "./route.js";
import { toast } from "./toast.js";

const LIAISON = "liaison";
/** How many messages of a channel are drawn at first, and how many more each "Show earlier" brings. */
const DEPTH = 200;
export const HOME = "home";

export class Store {
  #listeners = [];
  #running = null;
  #again = false;
  #drawnFor = null;

  constructor() {
    this.snapshot = null;
    this.received = 0;
    this.depth = DEPTH;
    this.route = readRoute();
    this.online = true;
  }

  get as() {
    return userId(this.route.person);
  }

  subscribe(listener) {
    this.#listeners.push(listener);
  }

  /** Whether there is something to draw: not while the snapshot is still the one of the person before. */
  get ready() {
    return this.#drawnFor === this.as;
  }

  changed() {
    if (!this.ready) return;
    for (const listener of this.#listeners) listener(this);
  }

  /** Asks for the state anew; calls that come while one is under way are folded into one more. */
  refresh() {
    if (this.#running) this.#again = true;
    else
      this.#running = this.#load().finally(() => {
        this.#running = null;
        if (this.#again) this.refresh();
        this.#again = false;
      });
    return this.#running;
  }

  async #load() {
    const as = this.as;
    const first = !this.ready;
    const snapshot = await control.state(as, this.#gaze()).catch((error) => this.#refused(error));
    if (!snapshot || as !== this.as) return;
    this.snapshot = snapshot;
    this.#drawnFor = as;
    this.received = Date.now();
    // Only now is it known which channel an address means, and so where an old thread stands.
    if (first && this.route.thread) this.refresh();
    this.changed();
  }

  /** How far back the open channel is read, and which thread is open, which may be older still. */
  #gaze() {
    const { place, thread } = this.route;
    const known = this.ready ? this.channel?.id : null;
    const gaze = { channel: known ?? place, count: this.depth };
    return thread ? { ...gaze, thread } : gaze;
  }

  /** Brings earlier messages of the open channel. */
  deepen() {
    this.depth += DEPTH;
    return this.refresh();
  }

  /** An address may name somebody who is not here: then the reader starts as everybody does. */
  #refused(error) {
    toast(error.message);
    if (error instanceof Refused && this.route.person !== START.person) this.go(START);
  }

  /** Moves the reader; another person has another snapshot, which has to come first. */
  go(change) {
    const before = this.as;
    const { place } = this.route;
    this.route = { ...this.route, thread: null, ...change };
    writeRoute(this.route);
    if (this.route.place !== place || this.as !== before) this.depth = DEPTH;
    if (this.as === before) this.changed();
    if (this.as !== before || this.route.thread) this.refresh();
  }

  /** Business time now, as a Date. It runs on between two snapshots. */
  now() {
    return new Date(Date.parse(this.snapshot.clock.now) + Date.now() - this.received);
  }

  get me() {
    return this.person(this.as);
  }

  person(id) {
    return this.snapshot.people.find((person) => person.id === id);
  }

  /** The channel or DM that is open; null while the App Home is. */
  get channel() {
    const { place } = this.route;
    if (place === HOME) return null;
    const { channels } = this.snapshot;
    return channels.find((channel) => placeOf(channel) === place || channel.id === place) ?? channels[0];
  }

  messages(channelId) {
    return this.snapshot.messages[channelId] ?? [];
  }
}

export const placeOf = (channel) => (channel.kind === "im" ? LIAISON : channel.name);
