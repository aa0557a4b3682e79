/** What hangs on a message: attachments, with their blocks or plain text, and files. */

import { renderBlock } from "../blockkit/blocks.js";
import { h } from "../dom.js";
import { link, mrkdwn } from "../text/mrkdwn.js";

export function attachments(message, surface) {
  return [
    ...(message.attachments ?? []).map((attachment) => attached(attachment, surface)),
    ...(message.files ?? []).map((file) =>
      h("p", { class: "file" }, link(file.permalink ?? file.url_private ?? "", file.title ?? file.name)),
    ),
  ];
}

function attached({ blocks, pretext, title, title_link: titleLink, text, fallback }, surface) {
  const { reader } = surface;
  const words = text ?? (blocks || title ? "" : (fallback ?? ""));
  return h(
    "div",
    { class: "attachment" },
    pretext && h("div", { class: "text" }, mrkdwn(pretext, reader)),
    title && h("strong", {}, titleLink ? link(titleLink, title) : title),
    words && h("div", { class: "text" }, mrkdwn(words, reader)),
    blocks?.map((block) => renderBlock(block, surface)),
  );
}
