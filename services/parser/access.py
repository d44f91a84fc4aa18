"""Whether readers must pay: what JSON-LD and meta tags say, or the profile's sign of a paywall."""

from services.parser.head import Head
from services.parser.json_ld import ARTICLE_TYPES, Node, as_list, types_of
from services.parser.sites.profile import Profile
from services.parser.tree import LexborHTMLParser, select
from shared.articles import Access

_TIERS: dict[str, Access] = {
    "free": "free", "public": "free", "metered": "metered", "locked": "paid", "paid": "paid", "premium": "paid",
    "subscriber": "paid", "subscribers": "paid",
}  # fmt: skip
_FALSE = {"false", "no", "0"}
_TRUE = {"true", "yes", "1"}


def read_access(
    tree: LexborHTMLParser, article: Node | None, head: Head, profile: Profile | None
) -> tuple[Access | None, str]:
    """(access, where it was said); None where the page says nothing."""
    if (tier := _TIERS.get(head.first("article:content_tier", "og:article:content_tier").lower())) is not None:
        return tier, "meta"
    parts = [
        part
        for part in as_list((article or {}).get("hasPart"))
        if isinstance(part, dict) and not types_of(part) & ARTICLE_TYPES
    ]
    said = [_free(node.get("isAccessibleForFree")) for node in ([article] if article else []) + parts]
    if False in said:
        return "paid", "json-ld"
    if profile is not None and profile.paywall and select(tree, *profile.paywall):
        return "paid", "profile"
    return ("free", "json-ld") if True in said else (None, "")


def _free(value: object) -> bool | None:
    value = next(iter(as_list(value)), None)
    text = str(value.get("@value") if isinstance(value, dict) else value).strip().lower().rsplit("/", 1)[-1]
    return False if text in _FALSE else True if text in _TRUE else None
