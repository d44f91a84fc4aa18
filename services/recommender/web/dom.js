// Elements from our own names and other people's texts. A text only ever becomes a text node, an address only ever a
// parsed http(s) URL; the page's policy (trusted types) forbids the other ways.

// What reorders or hides the letters around it.
const DECEIVING = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;

export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

/** A crawled text as one that can be shown; "" for what is none. */
export function text(said) {
  return typeof said === "string" ? said.replace(DECEIVING, "").trim() : "";
}

/** The address if it is one of the web, without a name and password in it; else null. */
export function webAddress(said) {
  if (typeof said !== "string" || !URL.canParse(said)) return null;
  const url = new URL(said);
  const fetched = url.protocol === "https:" || url.protocol === "http:";
  return fetched && url.hostname && !url.username && !url.password ? url.href : null;
}

/** A link out of here, or only its text where the address is no good. */
export function outward(address, attributes, ...children) {
  const href = webAddress(address);
  if (!href) return element("span", { class: attributes.class }, ...children);
  return element("a", { ...attributes, href, rel: "noopener noreferrer nofollow", referrerpolicy: "no-referrer" }, ...children);
}

/** A picture in its frame, which goes away with a picture that can't be shown; null without an address. */
export function picture(address, { className, caption = "", eager = false }) {
  const src = webAddress(address);
  if (!src) return null;
  const image = element("img", {
    alt: "", referrerpolicy: "no-referrer", decoding: "async", loading: eager ? "eager" : "lazy",
    error: () => frame.remove(),
    load: () => image.naturalWidth < 2 ? frame.remove() : frame.classList.add("shown"), // a counting pixel
  });
  const frame = element("figure", { class: className }, element("div", { class: "frame" }, image), caption && element("figcaption", { dir: "auto" }, caption));
  image.src = src;
  return frame;
}
