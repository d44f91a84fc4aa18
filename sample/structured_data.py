"""What a page says of itself as JSON-LD."""

import json
from typing import Any

from sample.articles_data import Article
from sample.dates import iso
from sample.page import SECTIONS, SITE


def article_json_ld(article: Article, *, base: str) -> str:
    """State the article and its breadcrumb as two JSON-LD scripts."""
    people = [{"@type": "Person", "name": name} for name in article.authors]
    news: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "mainEntityOfPage": {"@type": "WebPage", "@id": base + article.path},
        "headline": article.title,
        "description": article.teaser,
        "datePublished": iso(article.published_at),
        "dateModified": iso(article.changed_at),
        "articleSection": SECTIONS[article.section],
        "keywords": list(article.tags),
        "inLanguage": "id",
        "isAccessibleForFree": True,
        "publisher": {
            "@type": "Organization",
            "name": SITE,
            "logo": {"@type": "ImageObject", "url": f"{base}/img/logo.svg"},
        },
    }
    if people:
        news["author"] = people if len(people) > 1 else people[0]
    if article.editor:
        news["editor"] = {"@type": "Person", "name": article.editor}
    if article.caption:
        news["image"] = {"@type": "ImageObject", "url": base + article.image_path, "caption": article.caption}
    return "\n".join(json_ld_script(data) for data in (_breadcrumb(article, base=base), news))


def json_ld_script(data: dict[str, Any]) -> str:
    text = json.dumps(data, ensure_ascii=False, indent=1).replace("</", "<\\/")
    return f'<script type="application/ld+json">\n{text}\n</script>'


def _breadcrumb(article: Article, *, base: str) -> dict[str, Any]:
    steps = [("Beranda", f"{base}/"), (SECTIONS[article.section], f"{base}/{article.section}")]
    return {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": name, "item": url}
            for place, (name, url) in enumerate(steps, start=1)
        ],
    }
