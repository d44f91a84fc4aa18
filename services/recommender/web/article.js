// One article, and below it what relates to it.

import { isId, searchFor } from "/web/address.js";
import { ask, Failure } from "/web/api.js";
import { element, outward, picture, text } from "/web/dom.js";
import { Related } from "/web/related.js";
import { absolute, parsed, stamp } from "/web/time.js";
import { word } from "/web/words.js";

const MOST_TOPICS = 12;
const LANGUAGE = /^[a-z]{2,3}$/;

export async function showArticle(main, view, again, signal) {
  document.title = "Warta";
  main.replaceChildren(waiting());
  if (!isId(view.id)) throw new Failure(404);
  const related = new Related(view, again, signal);
  const loading = related.load();
  const article = await ask(`/articles/${view.id}`, {}, { signal });
  document.title = `${text(article.title)} · Warta`;
  main.replaceChildren(shown(article), related.section);
  await loading;
}

function shown(article) {
  const image = article.images?.find((one) => one.url);
  const lead = text(article.lead) || text(article.teaser);
  const names = (list) => (list ?? []).map(text).filter(Boolean).join(", ");
  const by = names(article.authors);
  const editors = names(article.editors);
  const body = (article.body ?? []).map(text).filter(Boolean);
  const topics = [...new Set((article.topics ?? []).map(text).filter(Boolean))].slice(0, MOST_TOPICS);
  const lang = LANGUAGE.test(article.language ?? "") ? article.language : null;
  const published = parsed(article.published_at);
  const section = text(article.section);
  return element(
    "article", { class: "story", lang },
    element(
      "header", {},
      element("p", { class: "kicker", dir: "auto" }, section, ["paid", "metered"].includes(article.access) && element("span", { class: "label" }, word(article.access))),
      element("h1", { dir: "auto" }, text(article.title)),
      lead && element("p", { class: "lead", dir: "auto" }, lead),
      by && element("p", { class: "byline", dir: "auto" }, word("by", { names: by })),
      element(
        "p", { class: "meta" },
        published && element("span", {}, absolute(published)),
        stamp(article.published_at),
        article.modified_at && article.modified_at !== article.published_at && stamp(article.modified_at, "modified"),
        editors && element("bdi", {}, word("editor", { names: editors })),
      ),
    ),
    image && picture(image.url, { className: "hero", caption: [text(image.caption), text(image.credit)].filter(Boolean).join(" · "), eager: true }),
    body.length > 0 && element("details", { class: "body" }, element("summary", {}, word("body", { n: body.length })), ...body.map((one) => element("p", { dir: "auto" }, one))),
    topics.length > 0 && element("ul", { class: "topics", "aria-label": word("topics") }, ...topics.map((one) => element("li", {}, element("a", { href: searchFor(one.slice(0, 200)), dir: "auto" }, one)))),
    element("p", { class: "source" }, outward(article.url, { class: "button" }, element("bdi", {}, word("readAt", { site: text(article.site) })))),
  );
}

function waiting() {
  const bone = (kind) => element("span", { class: `bone ${kind}` });
  return element("div", { class: "story waiting", "aria-hidden": "true" }, bone("head"), bone("head short"), bone("wide"), bone("hero"));
}
