// Times as news sites say them, in the units of services/recommender/reasons.py.

import { element } from "/web/dom.js";
import { language, word } from "/web/words.js";

const DAY = 86_400_000;
const UNITS = [
  [365 * DAY, "tahun", "year"], [30 * DAY, "bulan", "month"], [14 * DAY, "minggu", "week", 7 * DAY], [DAY, "hari", "day"],
  [3_600_000, "jam", "hour"], [60_000, "menit", "minute"],
];
const CLOCKS_DIFFER = 3_600_000;

export function relative(at, now = Date.now()) {
  const age = now - at.getTime();
  if (age < -CLOCKS_DIFFER) return absolute(at);
  const unit = UNITS.find(([from]) => age >= from);
  if (!unit) return language() === "en" ? "just now" : "baru saja";
  const count = Math.floor(age / (unit[3] ?? unit[0]));
  return language() === "en" ? `${count} ${unit[2]}${count > 1 ? "s" : ""} ago` : `${count} ${unit[1]} lalu`;
}

export function absolute(at, form = { dateStyle: "long", timeStyle: "short" }) {
  return new Intl.DateTimeFormat(language() === "en" ? "en-GB" : "id-ID", form).format(at);
}

/** A time that keeps itself current; null where none is known. */
export function stamp(said, name = null) {
  const at = parsed(said);
  if (!at) return null;
  const made = element("time", { datetime: at.toISOString(), title: absolute(at) });
  if (name) made.dataset.name = name;
  show(made);
  return made;
}

export function parsed(said) {
  const at = new Date(typeof said === "string" ? said : NaN);
  return Number.isNaN(at.getTime()) ? null : at;
}

export function keepCurrent() {
  setInterval(() => document.querySelectorAll("time").forEach(show), 30_000);
}

function show(made) {
  const time = relative(new Date(made.dateTime));
  const said = made.dataset.name ? word(made.dataset.name, { time }) : time;
  if (made.textContent !== said) made.textContent = said;
}
