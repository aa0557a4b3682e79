/** A place where blocks stand, and how a press in it reaches the app. */

import { control } from "../control.js";
import { toast } from "../toast.js";
import { confirmed } from "./confirm.js";
import { Form } from "./form.js";

const SILENT = "Liaison did not respond in time. Try again in a moment.";

/** Forms outlive the nodes that show them; one per message, view and home of each person. */
export class Surfaces {
  #forms = new Map();

  constructor(store) {
    this.store = store;
  }

  message(message, channel, reader) {
    const address = { channel: channel.id, ts: message.ts };
    return this.#surface(
      "message",
      reader,
      `${channel.id}:${message.ts}`,
      address,
      [message, ...(message.attachments ?? [])].flatMap((part) => part.blocks ?? []),
    );
  }

  modal(view, reader) {
    return this.#surface("modal", reader, view.id, { view_id: view.id }, view.blocks);
  }

  home(view, reader) {
    return this.#surface("home", reader, "home", { home: true }, view.blocks);
  }

  #surface(kind, reader, name, address, blocks = []) {
    const as = this.store.as;
    const key = `${as}:${name}`;
    if (!this.#forms.has(key)) this.#forms.set(key, new Form());
    const form = this.#forms.get(key);
    // A node that a refresh left alone acts on the blocks as they are by then.
    form.shown = blocks;
    const act = (blockId, element, value) =>
      this.#act({ as, ...address, block_id: blockId, values: form.collect(form.shown) }, element, value, reader);
    const suggest = (blockId, element, query) =>
      control
        .suggest({ as, ...address, block_id: blockId, action_id: element.action_id, query })
        .catch((error) => ({ trouble: error.message }));
    return { kind, reader, form, act, suggest, here: this.store.channel?.id ?? null };
  }

  /** Resolves to whether the app took it. */
  async #act(click, element, value, reader) {
    if (element.confirm && !(await confirmed(element.confirm, reader))) return false;
    try {
      const { acked } = await control.click({ ...click, action_id: element.action_id, value });
      if (acked === false) toast(SILENT);
      return acked !== false;
    } catch (error) {
      toast(error.message);
      return false;
    } finally {
      this.store.refresh();
    }
  }
}
