// The widget "Rekomendasi Artikel": loads its list, renews it when its time is over, and says what it can't do.

import { articleAt } from "/web/address.js";
import { ask } from "/web/api.js";
import { card, skeletons } from "/web/card.js";
import { element, text } from "/web/dom.js";
import { failed, tell } from "/web/notice.js";
import { asShown, isPin } from "/web/order.js";
import { absolute, parsed, relative, stamp } from "/web/time.js";
import { Reasons } from "/web/why.js";
import { knows, word } from "/web/words.js";

const SIZES = [3, 5, 10, 20, 30];
const SOONEST = 5_000;
const LATEST = 2 ** 31 - 1; // what a browser's timer can wait for

export class Related {
  constructor(view, everything, signal) {
    this.view = view;
    this.everything = everything; // asks anew for the whole page, with a key
    this.signal = signal;
    this.reasons = new Reasons();
    this.list = null;
    this.body = element("div", { class: "list" });
    this.note = element("p", { class: "note" });
    this.size = element("select", { id: "size", change: () => this.choose({ size: Number(this.size.value) }) });
    this.section = element(
      "section", { class: "related", "aria-labelledby": "related" },
      element("h2", { id: "related", class: "section" }, word("related")),
      element("p", { class: "hint" }, word("relatedNote")),
      this.controls(),
      this.note,
      this.body,
    );
    signal.addEventListener("abort", () => this.end());
    this.awake = () => !document.hidden && this.list && Date.now() >= Date.parse(this.list.valid_until) && this.load();
    document.addEventListener("visibilitychange", this.awake);
  }

  end() {
    clearTimeout(this.timer);
    document.removeEventListener("visibilitychange", this.awake);
  }

  async load() {
    this.going?.abort();
    const going = (this.going = new AbortController());
    this.wait();
    try {
      const { id, mode, size } = this.view;
      const list = await ask(`/articles/${id}/related`, { mode, size }, { signal: AbortSignal.any([this.signal, going.signal]) });
      if (going.signal.aborted || this.signal.aborted) return;
      this.list = list;
      this.show();
    } catch (failure) {
      if (going.signal.aborted || this.signal.aborted) return;
      this.fail(failure);
    }
    this.body.removeAttribute("aria-busy");
  }

  choose(change) {
    this.view = { ...this.view, ...change };
    this.chosen = true;
    history.replaceState(null, "", articleAt(this.view.id, this.view));
    this.load();
  }

  wait() {
    clearTimeout(this.timer);
    this.body.setAttribute("aria-busy", "true");
    if (!this.list) this.body.replaceChildren(skeletons(4));
    else this.note.textContent = word("updating");
    tell(word(this.list ? "updating" : "loading"));
  }

  show() {
    const { items, size, computed_at: computed, valid_until: until, shortfall } = this.list;
    const options = [...new Set([...SIZES, size])].sort((a, b) => a - b);
    this.size.replaceChildren(...options.map((one) => element("option", { value: one, selected: one === size }, String(one))));
    const good = parsed(until);
    this.note.replaceChildren(
      stamp(computed, "computed") ?? "",
      good ? ` · ${word("validUntil", { time: absolute(good, { timeStyle: "short" }) })}` : "",
    );
    const focused = this.body.contains(document.activeElement) ? document.activeElement.id : "";
    const cards = asShown(items).map((item, place) => this.item(item, place));
    const short = shortfall && items.length < size && element("p", { class: "shortfall" }, shortSentence(items.length, size, text(shortfall)));
    this.body.replaceChildren(...(cards.length ? [element("ol", { class: "cards" }, ...cards)] : []), ...(short ? [short] : []));
    if (focused) document.getElementById(focused)?.focus();
    tell(short ? short.textContent : word("loaded", { n: items.length }));
    this.renewAt(good ? good.getTime() : Infinity);
  }

  item(item, place) {
    const labels = isPin(item) ? [element("span", { class: "label" }, word("pin"))] : [];
    const [button, panel] = this.reasons.of(item, place);
    const made = card(item, { level: "h3", labels, more: [button] });
    made.append(panel);
    made.querySelector(".title").id = `title-${place}`;
    return made;
  }

  fail(failure) {
    if (failure.status === 401) return this.body.replaceChildren(); // the article's own 401 asks for the key
    if (!this.list || this.chosen) {
      this.list = null;
      this.note.replaceChildren();
      this.body.replaceChildren(failed(failure, () => this.load()));
    } else {
      const computed = parsed(this.list.computed_at);
      this.note.replaceChildren(
        element("span", { class: "stale" }, word("stale", { time: computed ? relative(computed) : "?" })),
        element("button", { type: "button", class: "plain", click: () => this.load() }, word("retry")),
      );
      tell(this.note.textContent);
      this.renewAt(Date.now() + Math.max(failure.seconds * 1000, 30_000));
    }
  }

  renewAt(time) {
    this.chosen = false;
    const wait = Math.max(SOONEST, time - Date.now());
    if (wait < LATEST) this.timer = setTimeout(() => !document.hidden && this.load(), wait);
  }

  controls() {
    const mode = this.view.mode ?? "fresh";
    const radio = (value) => element(
      "label", { title: word(`${value}Hint`) },
      element("input", { type: "radio", name: "mode", value, checked: value === mode, change: () => this.choose({ mode: value }) }),
      element("span", {}, word(value)),
    );
    return element(
      "div", { class: "controls" },
      element("fieldset", { class: "segments" }, element("legend", { class: "hidden" }, word("time")), radio("fresh"), radio("context")),
      element("label", { class: "choice", for: "size" }, word("size"), this.size),
    );
  }
}

function shortSentence(count, size, code) {
  const first = count ? word("short", { n: count, size }) : word("short_none");
  return first + (knows(`short_${code}`) ? word(`short_${code}`) : word("short_other", { code }));
}
