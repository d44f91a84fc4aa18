"""A cluster whose Kafka or Elasticsearch, or both, asks who one is."""

from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr

from shared.articles import Article, article_id, article_version, content_hash
from shared.delivery import Outgoing
from shared.events import ArticleParsed
from shared.settings import ElasticsearchSettings, KafkaSettings, Settings
from shared.topics import ARTICLES_PARSED
from stack import Stack
from tests.support.cluster import Cluster, Service


class Secured(Cluster):
    """As the session's cluster, with settings of its own."""

    def __init__(
        self, stack: Stack, folder: Path, *, kafka: KafkaSettings | None = None,
        elasticsearch: ElasticsearchSettings | None = None,
    ) -> None:  # fmt: skip
        super().__init__(stack, folder)
        self.kafka = kafka or self.kafka
        self.elasticsearch = elasticsearch or self.elasticsearch

    @property
    def environment(self) -> dict[str, str]:
        return {**super().environment, **variables(self.kafka), **variables(self.elasticsearch)}

    def start_as(self, settings: Settings, *command: str, module: str = "cli", **environment: str) -> Service:
        """Start a process with other settings than the cluster's."""
        kind = str(settings.model_config.get("env_prefix"))
        keep = {name: value for name, value in self.environment.items() if not name.startswith(kind)}
        name = "-".join([module, *command, str(len(self.services))])
        service = Service(
            [module, *command], {**keep, **variables(settings), **environment}, self.folder / f"{name}.log"
        )
        self.services.append(service)
        return service


def variables(settings: Settings) -> dict[str, str]:
    """The variables that load as `settings`."""
    prefix = str(settings.model_config.get("env_prefix"))
    values = {name: getattr(settings, name) for name in settings.model_fields_set}
    return {
        prefix + name.upper(): value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        for name, value in values.items()
        if value is not None
    }


def said(service: Service) -> list[str]:
    """What the process said to its operator, beside its log."""
    return [line for line in service.text().splitlines() if line and not line.startswith("{")]


def parsed(number: int) -> Outgoing:
    """An article on its way to the indexer."""
    at, url = datetime(2024, 10, 8, 10, 30, tzinfo=UTC), f"https://contoh.id/baca/{number}"
    article = Article(title=f"Judul {number}", canonical_url=url, site="contoh.id", body=("Isi berita.",))
    event = ArticleParsed(
        article_id=article_id(url), version=article_version(at), url=url, fetched_at=at, parsed_at=at,
        content_hash=content_hash(article), article=article,
    )  # fmt: skip
    return Outgoing(topic=ARTICLES_PARSED, key=event.article_id, event=event)
