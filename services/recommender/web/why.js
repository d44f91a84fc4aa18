// "kenapa?": the reason of one item and the parts of its score, opened by a button.

import { isId } from "/web/address.js";
import { element, text } from "/web/dom.js";
import { knows, language, word } from "/web/words.js";

export class Reasons {
  #open = new Set(); // whose reasons stay open when the list is renewed

  /** The button, and the panel that it opens. */
  of(item, place) {
    const id = `why-${isId(item.article_id) ? item.article_id : place}`;
    const open = this.#open.has(id);
    const panel = element("div", { id: `${id}-panel`, class: "why-panel", role: "group", "aria-labelledby": id, hidden: !open });
    const button = element("button", {
      id, type: "button", class: "why", "aria-expanded": String(open), "aria-controls": panel.id, "aria-describedby": `title-${place}`,
      click: () => {
        panel.hidden = !panel.hidden;
        button.setAttribute("aria-expanded", String(!panel.hidden));
        if (panel.hidden) this.#open.delete(id);
        else this.#open.add(id);
      },
    }, word("why"));
    panel.append(...explained(item));
    return [button, panel];
  }
}

function explained(item) {
  const reason = text(item.reason?.[language()]) || text(Object.values(item.reason ?? {})[0]) || word("noReason");
  const parts = Object.entries(item.parts ?? {}).filter(([, value]) => Number.isFinite(value));
  const most = Math.max(1, ...parts.map(([, value]) => value));
  return [
    element("p", { class: "reason", dir: "auto" }, reason),
    element(
      "dl", { class: "parts", "aria-label": word("partsOf") },
      ...parts.map(([name, value]) => part(named(text(name)), value, most)),
      Number.isFinite(item.score) && element("div", { class: "total" }, element("dt", {}, word("score")), element("dd", {}, number(item.score))),
    ),
  ];
}

function part(name, value, most) {
  const meter = element("meter", { min: 0, max: most, value: Math.max(0, value), "aria-label": name });
  return element("div", {}, element("dt", { dir: "auto" }, name), element("dd", {}, meter, element("span", {}, number(value))));
}

function named(part) {
  return knows(`part_${part}`) ? word(`part_${part}`) : part;
}

function number(value) {
  return value.toLocaleString(language(), { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}
