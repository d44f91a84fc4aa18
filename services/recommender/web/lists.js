// The front page's newest articles, and a search's results.

import { articleAt, searchFor } from "/web/address.js";
import { ask } from "/web/api.js";
import { card, skeletons } from "/web/card.js";
import { element, webAddress } from "/web/dom.js";
import { failed, nothing, tell } from "/web/notice.js";
import { word } from "/web/words.js";

const AT_ONCE = 13;
const DEEPEST = 1000;

export async function showNewest(main, view, again, signal) {
  document.title = "Warta";
  main.replaceChildren(element("h1", { class: "section" }, word("newest")), skeletons(6, "tile"));
  await fill(main, { path: "/newest", parameters: {}, empty: ["empty", "emptyHint"], className: "tile", again, signal });
}

export async function showResults(main, view, again, signal) {
  document.title = `${view.q} · Warta`;
  const heading = element("h1", { class: "section", dir: "auto" }, word("results", { q: view.q }));
  main.replaceChildren(heading, skeletons(5));
  if (webAddress(view.q)) {
    // Somebody pasted an article's address; one that isn't known may still be words to look for.
    const article = await ask("/articles", { url: view.q }, { signal }).catch((error) => (error.status === 404 || error.status === 400 ? null : Promise.reject(error)));
    if (article) return location.replace(articleAt(article.article_id));
  }
  await fill(main, { path: "/search", parameters: { q: view.q, sort: view.sort }, empty: ["nothing", "nothingHint"], again, signal, sorted: view });
}

async function fill(main, { path, parameters, empty, className = "", again, signal, sorted = null }) {
  const found = await ask(path, { ...parameters, size: AT_ONCE }, { signal });
  const heading = main.querySelector("h1");
  if (!found.items.length) {
    tell(word(empty[0]));
    return main.replaceChildren(heading, nothing(...empty));
  }
  const list = element("ol", { class: "cards" });
  const add = (items) => {
    const cards = items.map((item, place) => card(item, { className, eager: !list.children.length && place < 4 }));
    list.append(...cards);
    tell(word("loaded", { n: list.children.length }));
    return cards;
  };
  add(found.items);
  const number = (count) => word(found.exact ? "count" : "countAbout", { n: count.toLocaleString(document.documentElement.lang) });
  const more = element("button", { type: "button", class: "more" }, word("more"));
  more.addEventListener("click", async () => {
    more.disabled = true;
    tell(word("loading"));
    try {
      const next = await ask(path, { ...parameters, from: list.children.length, size: AT_ONCE - 1 }, { signal });
      const cards = add(next.items);
      more.parentElement.querySelector(".notice")?.remove();
      more.hidden = !next.items.length || exhausted(next, list);
      cards[0]?.querySelector("a")?.focus();
    } catch (failure) {
      if (signal.aborted) return;
      more.parentElement.querySelector(".notice")?.remove();
      more.before(failed(failure, again));
    }
    more.disabled = false;
  });
  more.hidden = exhausted(found, list);
  main.replaceChildren(
    heading,
    ...(sorted ? [element("div", { class: "controls" }, element("p", { class: "count" }, number(found.total)), order(sorted))] : []),
    list,
    element("div", { class: "after" }, more),
  );
}

function exhausted(found, list) {
  const shown = list.children.length;
  return (found.exact && shown >= found.total) || shown + AT_ONCE > DEEPEST;
}

function order(view) {
  const option = (value, name) => element("option", { value, selected: view.sort === value }, word(name));
  const select = element("select", { id: "sort", change: () => location.assign(searchFor(view.q, select.value)) }, option("score", "byScore"), option("newest", "byNewest"));
  return element("label", { class: "choice", for: "sort" }, word("sort"), select);
}
