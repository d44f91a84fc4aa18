"""What can be computed of accessibility without a tool for it: names of controls, and the contrast of texts."""

from typing import Any

from playwright.async_api import Page

CONTROLS = {"button", "link", "textbox", "searchbox", "combobox", "radio", "meter", "checkbox"}

# WCAG 2.2, 1.4.3: 4.5 to 1, or 3 to 1 for large text.
_CONTRAST = """() => {
  const channels = (color) => color.match(/[\\d.]+/g).map(Number);
  const linear = (value) => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const luminance = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const ground = (one) => {
    for (; one; one = one.parentElement) {
      const color = channels(getComputedStyle(one).backgroundColor);
      if (color.length < 4 || color[3] === 1) return color;
    }
    return [255, 255, 255];
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const one = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !one.checkVisibility() || one.closest("script, noscript, .hidden")) continue;
    const style = getComputedStyle(one);
    const [light, dark] = [luminance(channels(style.color)), luminance(ground(one))].sort((a, b) => b - a);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const ratio = (light + 0.05) / (dark + 0.05);
    if (ratio < (large ? 3 : 4.5)) found.push(`${ratio.toFixed(2)} ${walker.currentNode.data.slice(0, 40)}`);
  }
  return found;
}"""


async def low_contrast(page: Page) -> list[str]:
    """The texts that are hard to see, each with its ratio."""
    found: list[str] = await page.evaluate(_CONTRAST)
    return found


async def unnamed(page: Page) -> list[dict[str, Any]]:
    """The controls that a screen reader can't tell, as Chromium's accessibility tree has them."""
    session = await page.context.new_cdp_session(page)
    tree = await session.send("Accessibility.getFullAXTree")
    await session.detach()
    return [
        node
        for node in tree["nodes"]
        if not node["ignored"] and node["role"]["value"] in CONTROLS and not node.get("name", {}).get("value")
    ]
