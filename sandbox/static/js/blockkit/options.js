/** What a select offers: [{label, options: [{value, text, note}]}]; people and channels come from the workspace. */

const CHOICES = {
  static_select: (element) =>
    element.option_groups?.map((group) => ({
      label: group.label.text,
      options: group.options.map(plain),
    })) ?? [{ label: null, options: element.options.map(plain) }],
  users_select: (_, { people }) =>
    ["sales", "marketing"].map((team) => ({
      label: team === "sales" ? "Sales" : "Marketing",
      options: people.filter((person) => person.team === team).map(fromPerson),
    })),
  channels_select: (_, { conversations }) => [
    { label: null, options: conversations.filter((one) => one.kind === "channel").map(fromChannel) },
  ],
  conversations_select: (element, { conversations }) => [
    {
      label: null,
      options: conversations.filter((one) => allowed(element.filter, one)).map(fromChannel),
    },
  ],
};

export function choicesOf(element, reader) {
  return CHOICES[element.type.replace("multi_", "")](element, reader);
}

const plain = (option) => ({ value: option.value, text: option.text.text, note: option.description?.text });
const fromPerson = (person) => ({ value: person.id, text: person.real_name, note: person.title });
const fromChannel = (channel) => ({
  value: channel.id,
  text: channel.kind === "im" ? channel.name : `#${channel.name}`,
});

function allowed(filter, channel) {
  return !filter?.include || filter.include.includes(channel.kind === "im" ? "im" : "public");
}
