"""What the names in `class` and `id` say of an element: that it holds the article's text, or something else."""

import re
from functools import lru_cache

APART = -2
TEASER = -1
_APART_NAMES = (
    # paid, shared, asked of the reader
    r"ads?|adv|advert\w*|adslot|adbox|iklan|banners?|sponsor\w*|affiliate\w*|promos?|promobox|outbrain|taboola|gpt|teads",
    r"share\w*|sharing|socials?|sosmed|sharedaddy|addthis\w*|mashsb\w*|follow|follow-?us|donat\w+|feedback|ratings?|votes?",
    r"newsletters?|subscribe(?!rs?(?:-|$))\w*|subscrip\w*|sign-?up\w*|sign-?in\w*|log-?in|register|paywall-(?!content|text|body)\w+|piano|cookies?|consent|gdpr|polls?",
    r"modals?|pop-?ups?|overlay|lightbox|tooltip|no-access\w*|app-?hint\w*|correction-?form|rollover\w*",
    # other articles
    r"related\w*|terkait|verwandt\w*|recommend\w*|recirc\w*|rekomendasi|baca-?juga|linksisip\w*|sisip\w*|inarticle",
    r"jp-relatedposts|yarpp\w*|popular\w*|populer|terpopuler|trending|most-?(?:read|viewed|popular|shared)|read-?more",
    r"more-(?:from|on|stories|news|articles|topic\w*)|also-?(?:read|like)|see-?also|headlines-list|ticker",
    r"paradetail|kgnw|prev-?next|next-?prev|post-?nav\w*|paging|pagination|pager",
    # what readers say
    r"komentar|comments?|kommentare?|disqus\w*|respond|discussion",
    # the site's frame
    r"nav|navbar|navigation|menus?|breadcrumbs?|side-?bar\w*|footers?|foot|masthead|toolbar|skip-link|legal|copyright",
    r"print-only|sr-only|screen-reader\w*|visually-?hidden|invisible|d-none|toc|table-of-contents|disclosure",
    # facts about the article, pictures
    r"tags?|tag-?list|hatom-extra|timestamp|datetime|dateline-date|byline\w*|bio|biography|about-?(?:the-)?author",
    r"author-?(?:box|bio|info|card|profile|description|desc)|captions?|wp-caption\w*|credits?|gallery\w*|slideshow\w*",
    r"image-?(?:info|author|caption|credits?|container|widget\w*)|(?:img|media)-(?:info|captions?|credits?)",
    r"photo-?(?:caption|credits?)|video-?wrap",
)
_BODY_NAMES = (
    r"article-?(?:body|content|text|main|copy|detail)s?|story-?(?:body|content|text|copy)|entry-?(?:content|body|text)",
    r"post-?(?:content|body|text|entry)|body-?(?:text|copy|content)|content-?(?:body|article|detail)",
    r"main-?(?:content|text)|detail-?(?:text|content|body)|artikel(?:-?(?:text|inhalt|body))?|rich-?text|text-?body|isi",
    r"news-?(?:text|body|content)",
)
_LAYOUT = re.compile(
    r"(?:has|with|without|no|is|show|hide|js|page|single|post-type|category|topic)-|tag-(?!list|cloud|links?|items?|wrap)"
    r"|.*-(?:has|with|without)-"
    r"|.*-(?:grid|layout|enabled|open|active|margins?|area|page)(?:$|-)"
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_JOINT = re.compile(r"[_-]+")
_LONGEST = 300


def _any_of(names: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?:^|[:/-])(?:{'|'.join(names)})(?:$|[:/-]|\d)")


_APART, _BODY, _TEASER = _any_of(_APART_NAMES), _any_of(_BODY_NAMES), _any_of((r"teasers?",))


@lru_cache(maxsize=16384)
def mark_of(names: str) -> int:
    """`APART` from the text, `TEASER` if only where it has links, 1 for what holds the text, 0 for all else."""
    marks = [_mark_of_one(name) for name in names[:_LONGEST].split()]
    return 1 if 1 in marks else min(marks, default=0)


@lru_cache(maxsize=32768)  # sites share names more than combinations of names
def _mark_of_one(name: str) -> int:
    word = name if name.islower() else _CAMEL.sub("-", name).lower()
    word = word.replace("_", "-")
    if "--" in word:
        word = _JOINT.sub("-", word)
    if word == "hidden" or _APART.search(word):
        return 0 if _LAYOUT.match(word) else APART
    if _TEASER.search(word):
        return 0 if _LAYOUT.match(word) else TEASER
    return 1 if _BODY.search(word) else 0
