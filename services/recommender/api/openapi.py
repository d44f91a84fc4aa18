"""The OpenAPI 3.1 document, made of the same Structs and parameters that the routes use."""

from collections.abc import Sequence
from typing import Any

import msgspec

from services.recommender.api.answers import ArticleAnswer, Found
from services.recommender.api.parameters import URL, Parameter
from services.recommender.api.problems import PROBLEM, Problem
from shared.events import RelatedComputed
from shared.version import VERSION

ID_IN_PATH = {
    "name": "article_id", "in": "path", "required": True, "description": "The article's id, 32 hex digits.",
    "schema": {"type": "string"},
}  # fmt: skip
ERRORS = {
    400: "A parameter is wrong or unknown; `detail` names it.",
    401: "A key is needed.",
    404: "No such article.",
    410: "The article was removed.",
    414: "The query is too long.",
    429: "Too many requests; `Retry-After` says when to try again.",
    500: "It failed here.",
    503: "Elasticsearch is away, or too much is being worked on; `Retry-After` says when to try again.",
}


def document(
    *, related: Sequence[Parameter], search: Sequence[Parameter], newest: Sequence[Parameter], keyed: bool
) -> dict[str, Any]:
    """The whole document."""
    (listed, article, found, problem), schemas = msgspec.json.schema_components(
        [RelatedComputed, ArticleAnswer, Found, Problem], ref_template="#/components/schemas/{name}"
    )
    security: dict[str, Any] = {"security": [{"bearer": []}, {"header": []}]} if keyed else {}
    of_article = {400, 404, 410}

    def operation(
        name: str, summary: str, answer: dict[str, Any], parameters: list[dict[str, Any]], errors: set[int]
    ) -> dict[str, Any]:
        possible = sorted(errors | {414, 429, 500, 503} | ({401} if keyed else set()))
        return {"get": {
            "operationId": name, "summary": summary, "parameters": parameters, **security,
            "responses": {
                "200": {
                    "description": summary, "content": {"application/json": {"schema": answer}},
                    "headers": {name: {"schema": {"type": "string"}} for name in ("ETag", "Cache-Control")},
                },
                "304": {"description": "It is what `If-None-Match` names."},
                **{str(status): {"description": ERRORS[status], "content": {PROBLEM: {"schema": problem}}}
                   for status in possible},
            },
        }}  # fmt: skip

    schemes = {
        "bearer": {"type": "http", "scheme": "bearer"},
        "header": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Warta",
            "version": VERSION,
            "summary": "Related articles that say why, articles, and search.",
        },
        "paths": {
            "/articles": operation("findArticle", "The article at a URL", article, _query([URL]), of_article),
            "/articles/{article_id}": operation("getArticle", "One article", article, [ID_IN_PATH], of_article),
            "/articles/{article_id}/related": operation(
                "getRelated", "The articles related to one, in score order, with reasons", listed,
                [ID_IN_PATH, *_query(related)], of_article,
            ),
            "/search": operation("search", "Articles that match a text", found, _query(search), {400}),
            "/newest": operation("newest", "The newest articles", found, _query(newest), {400}),
        },
        "components": {"schemas": schemas, **({"securitySchemes": schemes} if keyed else {})},
    }  # fmt: skip


def _query(parameters: Sequence[Parameter]) -> list[dict[str, Any]]:
    return [
        {
            "name": one.name, "in": "query", "required": one.required, "description": one.description,
            "schema": {"type": "array", "items": one.schema} if one.repeatable else one.schema,
        }
        for one in parameters
    ]  # fmt: skip
