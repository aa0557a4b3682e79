/**
 * What a person has typed and chosen on one surface (a message, a view), apart from the nodes that
 * show it, so that a refreshed view keeps it. Values are plain, as the control API takes them.
 */

const MANY = new Set([
  "checkboxes",
  "multi_static_select",
  "multi_external_select",
  "multi_users_select",
  "multi_channels_select",
  "multi_conversations_select",
]);

export const isMany = (element) => MANY.has(element.type);

export class Form {
  #values = new Map();
  /** The blocks it belongs to, as they were drawn last. */
  shown = [];
  #texts = new Map();

  get(blockId, element) {
    const key = `${blockId}\n${element.action_id}`;
    return this.#values.has(key) ? this.#values.get(key) : initial(element);
  }

  set(blockId, element, value) {
    this.#values.set(`${blockId}\n${element.action_id}`, value);
  }

  /** Remembers how options read that the app offered while one typed. */
  learn(options) {
    for (const { value, text } of options) this.#texts.set(value, text.text);
  }

  textOf(value) {
    return this.#texts.get(value) ?? value;
  }

  /** `{block_id: {action_id: value}}` of every input and control; an empty one is null or []. */
  collect(blocks) {
    const values = {};
    for (const { block, element } of fields(blocks)) {
      values[block.block_id] ??= {};
      values[block.block_id][element.action_id] = this.get(block.block_id, element);
    }
    return values;
  }
}

/** Every element of a view that holds a value, with its block. */
export function fields(blocks) {
  return blocks.flatMap((block) =>
    elementsOf(block)
      .filter((element) => element?.action_id && HOLDS.test(element.type))
      .map((element) => ({ block, element })),
  );
}

const HOLDS = /select$|picker$|input$|^checkboxes$|^radio_buttons$/;
const elementsOf = (block) =>
  block.type === "input" ? [block.element] : (block.elements ?? [block.accessory]);

function initial(element) {
  if (element.initial_options) return element.initial_options.map((option) => option.value);
  if (element.initial_option) return element.initial_option.value;
  const [name] = Object.keys(element).filter((key) => key.startsWith("initial_"));
  if (name) return element[name];
  return isMany(element) ? [] : null;
}

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/** `{block_id: sentence}` for what Slack's own client refuses before it sends anything. */
export function faults(blocks, form) {
  const found = {};
  for (const block of blocks.filter((candidate) => candidate.type === "input")) {
    const sentence = fault(block, form.get(block.block_id, block.element));
    if (sentence) found[block.block_id] = sentence;
  }
  return found;
}

function fault(block, value) {
  const { type, min_length: min, max_length: max } = block.element;
  const empty = value === null || value === "" || value?.length === 0;
  if (empty) return block.optional ? null : "Please complete this required field.";
  if (min && value.length < min) return `Please write at least ${min} characters.`;
  if (max && value.length > max) return `Please keep this to ${max} characters; it has ${value.length}.`;
  if (type === "email_text_input" && !EMAIL.test(value))
    return "Please enter an e-mail address, such as ben@example.com.";
  if (type === "url_text_input" && !URL.canParse(value))
    return "Please enter a full address that starts with https://.";
  if (type === "number_input") return numberFault(block.element, value);
  return null;
}

function numberFault(element, value) {
  const number = Number(value);
  if (Number.isNaN(number)) return "Please enter a number.";
  if (!element.is_decimal_allowed && !Number.isInteger(number)) return "Please enter a whole number.";
  if (element.min_value !== undefined && number < Number(element.min_value))
    return `Please enter ${element.min_value} or more.`;
  if (element.max_value !== undefined && number > Number(element.max_value))
    return `Please enter ${element.max_value} or less.`;
  return null;
}
