// What the page's address asks for: `/`, `/?q=…`, `/a/ID` or `#/articles/ID`, each as a link that can be passed on.

const ID = /^[0-9a-f]{32}$/;
const MODES = ["fresh", "context"];
const MOST = 50;

export function isId(said) {
  return typeof said === "string" && ID.test(said);
}

export function asked(location) {
  const query = new URLSearchParams(location.search);
  const found = /^\/a\/([^/]+)$/.exec(location.pathname) ?? /^#\/articles\/([^/?]+)$/.exec(location.hash);
  if (found) {
    const size = /^\d{1,2}$/.test(query.get("size") ?? "") ? Number(query.get("size")) : null;
    return {
      name: "article", id: found[1], mode: MODES.includes(query.get("mode")) ? query.get("mode") : null,
      size: size >= 1 && size <= MOST ? size : null,
    };
  }
  const q = (query.get("q") ?? "").trim();
  return q ? { name: "results", q, sort: query.get("sort") === "newest" ? "newest" : "score" } : { name: "newest" };
}

export function articleAt(id, { mode = null, size = null } = {}) {
  const query = new URLSearchParams({ ...(mode && mode !== "fresh" ? { mode } : {}), ...(size ? { size } : {}) });
  return query.size ? `/a/${id}?${query}` : `/a/${id}`;
}

export function searchFor(q, sort = "score") {
  return `/?${new URLSearchParams({ q, ...(sort === "newest" ? { sort } : {}) })}`;
}
