/** The sidebar: who you act as, the channels, and the app. On a phone it is a drawer. */

import { appAvatar } from "../avatar.js";
import { h, icon, iconButton, patch } from "../dom.js";
import { openMenu } from "../menu.js";
import { roving } from "../roving.js";
import { HOME, placeOf } from "../store.js";
import { switcher } from "./switcher.js";

const THEMES = [
  ["system", "As the system is"],
  ["light", "Light"],
  ["dark", "Dark"],
];

export function mountSidebar(nav, store, { inspector, showShortcuts }, closeDrawer) {
  const acting = h("div");
  const channels = h("ul", { class: "places" });
  const direct = h("ul", { class: "places" });
  nav.append(
    h(
      "div",
      { class: "workspace" },
      h("img", { src: "/static/svg/sandbox.svg", alt: "", width: 28, height: 28 }),
      h("h1", {}, "Sandbox", h("small", {}, "try-it-now workspace")),
      iconButton("close", "Close the sidebar", { class: "on-frame drawer-close", onclick: closeDrawer }),
    ),
    acting,
    h("h2", {}, "Channels"),
    channels,
    h("h2", {}, "App"),
    direct,
    h("h2", {}, "Tools"),
    tools({ inspector, showShortcuts }, closeDrawer),
    h("p", { class: "sidebar-foot" }, "Nothing here leaves your machine."),
  );

  roving(nav, ".place");

  function go(place) {
    store.go({ place });
    closeDrawer();
  }

  store.subscribe(() => {
    const { snapshot, route, me } = store;
    const here = route.place === HOME ? HOME : placeOf(store.channel);
    const rows = snapshot.channels.map((channel) => ({ place: placeOf(channel), channel }));
    patch(acting, [
      {
        key: me.id,
        signature: store.now().toISOString().slice(0, 16),
        make: () => switcher(store, closeDrawer),
      },
    ]);
    patch(
      channels,
      rows.filter(({ channel }) => channel.kind !== "im").map((row) => item(row, here, go)),
    );
    patch(direct, [
      ...rows
        .filter(({ channel }) => channel.kind === "im")
        .map((row) => item({ ...row, bot: snapshot.bot }, here, go)),
      item({ place: HOME }, here, go),
    ]);
  });
}

function tools({ inspector, showShortcuts }, closeDrawer) {
  const leaving = (act) => () => {
    closeDrawer();
    act();
  };
  const traffic = tool("traffic", "Traffic", leaving(() => inspector.toggle()));
  const appearance = tool("theme", "Appearance", () => openMenu(appearance, THEMES.map(themeItem)));
  appearance.setAttribute("aria-haspopup", "menu");
  const shortcuts = tool("keyboard", "Keyboard shortcuts", leaving(showShortcuts));
  inspector.pane.addEventListener("toggled", () =>
    traffic.setAttribute("aria-expanded", String(!inspector.pane.hidden)),
  );
  return h(
    "ul",
    { class: "places" },
    [traffic, appearance, shortcuts].map((each) => h("li", {}, each)),
  );
}

function themeItem([theme, label]) {
  const chosen = window.theme.chosen === theme;
  const mark = h("span", { class: "menu-mark" }, chosen && icon("check"));
  return { label, value: theme, icon: mark, checked: chosen, choose: () => window.theme.choose(theme) };
}

/** `name` is its picture's, too. */
function tool(name, label, onclick) {
  return h(
    "button",
    { type: "button", class: "place", "data-testid": `tool-${name}`, onclick },
    icon(name),
    h("span", { class: "place-name" }, label),
  );
}

function item({ place, channel, bot }, here, go) {
  const count = place === here ? 0 : (channel?.unread ?? 0);
  const active = place === here;
  return {
    key: place,
    signature: `${count} ${active} ${bot?.connected}`,
    make: () =>
      h(
        "li",
        {},
        h(
          "button",
          {
            type: "button",
            class: `place ${count ? "place-unread" : ""}`,
            "aria-current": active ? "page" : null,
            "data-channel": channel?.id ?? null,
            "data-testid": `place-${place}`,
            onclick: (event) => {
              // Whoever clicks goes on to write; whoever walks by keys stays in the list.
              if (event.detail) document.activeElement.blur();
              go(place);
            },
          },
          mark(channel, bot),
          h("span", { class: "place-name" }, nameOf(channel, bot)),
          badge(count),
        ),
      ),
  };
}

function mark(channel, bot) {
  if (!channel) return icon("home");
  if (channel.kind !== "im") return icon("hash");
  return h("span", { class: "presence", "data-on": bot.connected ? "yes" : "no" }, appAvatar(true, "tiny"));
}

function nameOf(channel, bot) {
  if (!channel) return "App Home";
  return bot ? [bot.name, h("span", { class: "app-badge" }, "APP")] : channel.name;
}

function badge(count) {
  return (
    count > 0 &&
    h(
      "span",
      { class: "unread", "data-testid": "unread" },
      count > 99 ? "99+" : String(count),
      h("span", { class: "visually-hidden" }, " unread"),
    )
  );
}
