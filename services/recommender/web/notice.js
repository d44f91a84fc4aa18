// What the page says when there is nothing to show, or when it went wrong.

import { setKey } from "/web/api.js";
import { element } from "/web/dom.js";
import { word } from "/web/words.js";

const KINDS = { 0: "network", 400: "bad", 401: "key", 404: "missing", 410: "removed", 414: "bad", 429: "many", 503: "busy" };

/** `again` asks once more, with a key if one was given. */
export function failed(failure, again) {
  const kind = KINDS[failure.status] ?? "failed";
  if (kind === "key") return keyWanted(failure, again);
  const final = kind === "missing" || kind === "removed" || kind === "bad";
  return element(
    "section", { class: "notice", role: "alert" },
    element("h2", {}, word(`${kind}_title`)),
    element("p", {}, word(kind, { seconds: failure.seconds || 2 })),
    failure.detail && !["missing", "removed", "many"].includes(kind) && element("p", { class: "detail", lang: "en" }, failure.detail),
    final
      ? element("p", {}, element("a", { href: "/" }, word("home")))
      : element("button", { type: "button", class: "primary", click: again }, word("retry")),
  );
}

export function nothing(title, hint) {
  return element("section", { class: "notice" }, element("h2", {}, word(title)), element("p", {}, word(hint)));
}

/** For those who can't see it: what is going on. */
export function tell(said) {
  document.getElementById("status").textContent = said;
}

function keyWanted(failure, again) {
  const refused = element("p", { id: "refused", class: "refused", role: "alert" }, failure.keySent ? word("keyRefused") : "");
  const input = element("input", {
    id: "key", type: "password", autocomplete: "off", spellcheck: "false", required: true, "aria-describedby": "refused",
  });
  const send = (event) => {
    event.preventDefault();
    if (setKey(input.value.trim()) && input.value.trim()) again();
    else refused.textContent = word("keyRefused");
  };
  return element(
    "section", { class: "notice" },
    element("h2", {}, word("key_title")),
    element("p", {}, word("key")),
    element("form", { class: "key", submit: send }, element("label", { for: "key" }, word("keyLabel")), input, element("button", { class: "primary" }, word("keySend"))),
    refused,
  );
}
