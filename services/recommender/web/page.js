// The page: shows what its address asks for, in the reader's language.

import { asked } from "/web/address.js";
import { Failure, key, setKey } from "/web/api.js";
import { showArticle } from "/web/article.js";
import { showNewest, showResults } from "/web/lists.js";
import { failed, tell } from "/web/notice.js";
import { keepCurrent } from "/web/time.js";
import { keptLanguage, setLanguage, translate, word } from "/web/words.js";

const VIEWS = { newest: showNewest, results: showResults, article: showArticle };
const main = document.getElementById("content");
const forget = document.getElementById("forget");
let current = new AbortController();

async function show() {
  current.abort();
  current = new AbortController();
  const { signal } = current;
  const view = asked(location);
  document.getElementById("q").value = view.q ?? "";
  main.setAttribute("aria-busy", "true");
  tell(word("loading"));
  forget.hidden = !key();
  try {
    await VIEWS[view.name](main, view, show, signal);
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof Failure)) console.error(error);
    current.abort(); // and with it what is still asked for
    main.replaceChildren(failed(error instanceof Failure ? error : new Failure(500), show));
    tell("");
    main.querySelector("#key")?.focus();
  }
  main.removeAttribute("aria-busy");
}

for (const button of document.querySelectorAll("[data-language]")) {
  button.addEventListener("click", () => {
    setLanguage(button.dataset.language);
    translate();
    show();
  });
}
forget.addEventListener("click", () => {
  setKey("");
  show();
});
window.addEventListener("hashchange", () => location.hash.startsWith("#/") && show());
setLanguage(keptLanguage());
translate();
keepCurrent();
show();
