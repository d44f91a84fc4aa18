// The order in which a list is shown, as `warta related` shows it.

export function isPin(item) {
  return Object.hasOwn(item.parts ?? {}, "editor");
}

/** Newest first, undated ones last; what editors pinned stays at its place. */
export function asShown(items) {
  const when = (item) => Date.parse(item.published_at ?? "") || -Infinity;
  const later = (one, other) => (when(one) === when(other) ? 0 : when(other) - when(one));
  const newestFirst = items.filter((item) => !isPin(item)).sort(later).values();
  return items.map((item) => (isPin(item) ? item : newestFirst.next().value));
}
