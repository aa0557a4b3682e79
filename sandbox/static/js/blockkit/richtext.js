/** rich_text blocks: sections, lists, quotes and preformatted text. */

import { h } from "../dom.js";
import { emoji } from "../text/emoji.js";
import { broadcast, channelMention, emojiNode, link, moment, userMention } from "../text/mrkdwn.js";

export function richText(elements, reader) {
  return elements.map((element) => PARTS[element.type]?.(element, reader));
}

const PARTS = {
  rich_text_section: ({ elements }, reader) => h("div", { class: "rich-section" }, inline(elements, reader)),
  rich_text_quote: ({ elements }, reader) => h("blockquote", {}, inline(elements, reader)),
  rich_text_preformatted: ({ elements }, reader) =>
    h("pre", { class: "code-block" }, h("code", {}, inline(elements, reader))),
  rich_text_list({ style, indent = 0, offset = 0, elements }, reader) {
    const ordered = style === "ordered";
    const level = Math.min(indent, 6);
    return h(
      ordered ? "ol" : "ul",
      { class: `rich-list indent-${level}`, start: ordered ? offset + 1 : null },
      elements.map((item) => h("li", {}, inline(item.elements, reader))),
    );
  },
};

const inline = (elements, reader) =>
  elements.map((element) => styled(INLINE[element.type]?.(element, reader), element.style));

const INLINE = {
  text: ({ text }) => text.split("\n").flatMap((line, index) => (index ? [h("br"), line] : [line])),
  link: ({ url, text }) => link(url, text),
  user: ({ user_id: id }, reader) => userMention(id, reader),
  channel: ({ channel_id: id }, reader) => channelMention(id, reader),
  usergroup: ({ usergroup_id: id }) => broadcast(id),
  broadcast: ({ range }) => broadcast(range),
  color: ({ value }) => h("code", {}, value),
  date: ({ timestamp, format, fallback = "" }, reader) => moment(timestamp, format, fallback, reader),
  emoji({ name, unicode }) {
    const character = unicode
      ? String.fromCodePoint(...unicode.split("-").map((point) => parseInt(point, 16)))
      : emoji(name);
    return character ? emojiNode(name, character) : `:${name}:`;
  },
};

const TAGS = { code: "code", bold: "strong", italic: "em", strike: "s", underline: "u" };

function styled(node, style = {}) {
  return Object.keys(TAGS)
    .filter((name) => style[name])
    .reduce((inner, name) => h(TAGS[name], {}, inner), node);
}
