/** What every element shares: how it is found, and how a change of it is kept and told. */

/** The hooks tests and patches find an element by. */
export const hooks = (element, slot) => ({
  id: slot.id ?? null,
  "aria-describedby": slot.describedBy ?? null,
  "data-action-id": element.action_id,
  "data-block-id": slot.blockId,
});

/** Keeps a new value and, where the app listens, tells it. Resolves to false when it was taken back. */
export async function settle(element, slot, surface, value) {
  const before = surface.form.get(slot.blockId, element);
  surface.form.set(slot.blockId, element, value);
  surface.touched?.(slot.blockId);
  if (!slot.dispatch) return true;
  const told = await surface.act(slot.blockId, element, value);
  if (!told) surface.form.set(slot.blockId, element, before);
  return told;
}
