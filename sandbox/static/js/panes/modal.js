/** The open modal: the top of the person's stack of views. */

import { appAvatar } from "../avatar.js";
import { faults } from "../blockkit/form.js";
import { control } from "../control.js";
import { h, icon, iconButton, patch } from "../dom.js";
import { returnTo, trap } from "../focus.js";
import { readerOf } from "../reader.js";
import { plainText } from "../text/mrkdwn.js";
import { toast } from "../toast.js";
import { blockItems } from "./home.js";

const SILENT = "Liaison did not respond in time. What you typed is still here; try again in a moment.";

export class Modal {
  #head = h("div", { class: "modal-head" });
  #body = h("div", { class: "modal-body", "data-testid": "modal-body" });
  #line = h("p", { class: "modal-line", role: "alert", hidden: true, "data-testid": "modal-line" });
  #foot = h("div", { class: "modal-foot" });
  #view = null;
  #isClosing = false;
  #return = () => {};

  constructor(store, surfaces) {
    this.store = store;
    this.surfaces = surfaces;
    const parts = [this.#head, this.#body, this.#line, this.#foot];
    this.form = h("form", { class: "modal-card", novalidate: true }, parts);
    this.form.addEventListener("submit", (event) => this.#submit(event));
    this.dialog = h("dialog", { class: "modal", "data-testid": "modal", "aria-labelledby": "modal-title" });
    this.dialog.addEventListener("cancel", (event) => this.#cancelled(event));
    trap(this.dialog).append(this.form);
    document.body.append(this.dialog);
    store.subscribe(() => this.#follow(store.snapshot.views.at(-1) ?? null));
  }

  #follow(top) {
    const another = top?.id !== this.#view?.id;
    this.#view = top;
    if (another) this.#enter();
    if (top) this.#draw();
  }

  #enter() {
    this.#say(null);
    this.form.inert = false;
    this.#body.scrollTop = 0;
    if (this.#view) setTimeout(() => firstField(this.#body)?.focus());
    else this.#leave();
  }

  /** What was chosen in a closed form must not be taken for what is chosen in the next. */
  #leave() {
    this.dialog.close();
    for (const part of [this.#head, this.#body, this.#foot]) patch(part, []);
    this.#return();
  }

  #draw() {
    const view = this.#view;
    const { dialog } = this;
    const forgive = (blockId) => showError(this.#body, blockId, null);
    const surface = { ...this.surfaces.modal(view, readerOf(this.store)), touched: forgive };
    const stacked = this.store.snapshot.views.length > 1;
    const leave = { back: () => this.#back(), closeAll: () => this.#closeAll() };
    if (!dialog.open) this.#open();
    dialog.dataset.viewId = view.id;
    dialog.dataset.callbackId = view.callback_id ?? "";
    patch(this.#head, [headItem(view, stacked, leave)]);
    patch(this.#body, blockItems(view, surface));
    patch(this.#foot, [footItem(view, leave.back)]);
  }

  #open() {
    this.#return = returnTo(document.activeElement);
    this.dialog.showModal();
  }

  async #submit(event) {
    event.preventDefault();
    const view = this.#view;
    if (this.form.inert || !view?.submit) return;
    const { form } = this.surfaces.modal(view, readerOf(this.store));
    const found = faults(view.blocks, form);
    showErrors(this.#body, found);
    if (Object.keys(found).length) return;
    await this.#send({ as: this.store.as, view_id: view.id, values: form.collect(view.blocks) });
  }

  async #send(submission) {
    const button = this.#foot.querySelector("[type=submit]");
    this.#say(null);
    button.setAttribute("aria-busy", "true");
    this.form.inert = true;
    await control.submit(submission).then(
      (answer) => this.#answered(answer),
      (error) => this.#say(error.message),
    );
    await this.store.refresh();
    this.form.inert = false;
    button.removeAttribute("aria-busy");
    this.#body.querySelector("[aria-invalid=true]")?.focus();
  }

  #answered({ acked, response_action: action, errors }) {
    if (acked === false) this.#say(SILENT);
    if (action === "errors") showErrors(this.#body, errors ?? {});
  }

  #say(sentence) {
    this.#line.hidden = !sentence;
    this.#line.replaceChildren(...(sentence ? [icon("warning"), sentence] : []));
  }

  #back() {
    return this.#close([this.#view]);
  }

  #closeAll() {
    return this.#close(this.store.snapshot.views.toReversed());
  }

  /** A second Esc while the first is on its way asks for nothing more. */
  async #close(views) {
    if (this.#isClosing) return;
    this.#isClosing = true;
    for (const view of views) {
      await control.close(this.store.as, view.id).catch((error) => toast(error.message));
    }
    await this.store.refresh();
    this.#isClosing = false;
  }

  /** Esc asks the sandbox to close the view; the dialog follows when it has. */
  #cancelled(event) {
    if (event.target !== this.dialog) return;
    event.preventDefault();
    if (!this.form.inert) this.#back();
  }
}

function firstField(body) {
  return body.querySelector("[autofocus]") ?? body.querySelector("input, textarea, select, .multi-select");
}

function headItem(view, stacked, { back, closeAll }) {
  return {
    key: "head",
    signature: `${view.id} ${view.title.text} ${stacked}`,
    make: () =>
      h(
        "div",
        { class: "modal-title" },
        stacked
          ? iconButton("chevron-left", "Back", { "data-testid": "modal-back", onclick: back })
          : appAvatar(true, "small"),
        h("h2", { id: "modal-title" }, plainText(view.title)),
        iconButton("close", "Close", { class: "at-end", "data-testid": "modal-close", onclick: closeAll }),
      ),
  };
}

function footItem(view, back) {
  return {
    key: "foot",
    signature: `${view.id} ${view.submit?.text} ${view.close?.text}`,
    make: () =>
      h(
        "div",
        { class: "modal-buttons" },
        h(
          "button",
          { type: "button", class: "button", "data-testid": "modal-cancel", onclick: back },
          plainText(view.close ?? { text: view.submit ? "Cancel" : "Close" }),
        ),
        view.submit &&
          h(
            "button",
            { type: "submit", class: "button button-primary", "data-testid": "modal-submit" },
            plainText(view.submit),
          ),
      ),
  };
}

function showErrors(body, errors) {
  for (const field of body.querySelectorAll(".block-input"))
    showError(body, field.dataset.blockId, errors[field.dataset.blockId]);
  body.querySelector("[aria-invalid=true]")?.focus();
}

function showError(body, blockId, sentence) {
  const block = body.querySelector(`.block-input[data-block-id="${CSS.escape(blockId)}"]`);
  if (!block) return;
  block.querySelector(".field-error").textContent = sentence ?? "";
  const control = block.querySelector("[data-action-id]");
  if (sentence) control.setAttribute("aria-invalid", "true");
  else control.removeAttribute("aria-invalid");
}
