/** The control API, as the page uses it. Every refusal becomes an Error that carries one sentence. */

const UNREACHABLE = "The sandbox does not answer. Is it still running in your terminal?";

/** The sandbox understood and said no; the message is its sentence. */
export class Refused extends Error {}

async function call(path, body) {
  const request =
    body === undefined
      ? {}
      : {
          method: "POST",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify(body),
        };
  const response = await fetch(path, request).catch(() => {
    throw new Error(UNREACHABLE);
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(answer.error ?? `The sandbox answered ${response.status}.`);
  return answer;
}

export const control = {
  state: (as, gaze) => call(`/control/state?${new URLSearchParams({ as, ...gaze })}`),
  events: (as) => new EventSource(`/control/events?as=${encodeURIComponent(as)}`),
  post: (message) => call("/control/post", message),
  click: (click) => call("/control/click", click),
  suggest: (search) => call("/control/suggest", search),
  submit: (submission) => call("/control/submit", submission),
  read: (as, channel) => call("/control/read", { as, channel }),
  close: (as, viewId) => call("/control/close", { as, view_id: viewId }),
  command: (command) => call("/control/command", command),
  shortcut: (shortcut) => call("/control/shortcut", shortcut),
  openHome: (as) => call("/control/home", { as }),
  openMessages: (as) => call("/control/home", { as, tab: "messages" }),
  traffic: (after, atMost) => call(`/control/traffic?after=${after}&at_most=${atMost}`),
  clock: (change) => call("/control/clock", change),
};
