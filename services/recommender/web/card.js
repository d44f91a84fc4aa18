// One article of a list.

import { articleAt, isId } from "/web/address.js";
import { element, outward, picture, text } from "/web/dom.js";
import { stamp } from "/web/time.js";

/** `labels` stand before the time, `more` below the teaser. */
export function card(item, { level = "h2", className = "", eager = false, labels = [], more = [] } = {}) {
  const title = text(item.title) || text(item.url);
  const heading = element(level, { class: "title", dir: "auto" }, isId(item.article_id) ? element("a", { href: articleAt(item.article_id) }, title) : title);
  const site = outward(item.url, { class: "site" }, element("bdi", {}, text(item.site)));
  const shot = picture(item.image_url, { className: "thumb", eager });
  const teaser = text(item.teaser);
  return element(
    "li", { class: `card ${className}` },
    element(
      "article", {},
      element(
        "div", { class: "words" },
        heading,
        element("p", { class: "meta" }, ...labels, stamp(item.published_at), site),
        teaser && element("p", { class: "teaser", dir: "auto" }, teaser),
        ...more,
      ),
      shot,
    ),
  );
}

/** What stands there until the articles come. */
export function skeletons(count, className = "") {
  const line = (kind) => element("span", { class: `bone ${kind}` });
  const one = () => element("li", { class: `card ${className}` }, element("article", {}, element("div", { class: "words" }, line("wide"), line("short"), line("wide")), line("thumb")));
  return element("ol", { class: "cards waiting", "aria-hidden": "true" }, ...Array.from({ length: count }, one));
}
