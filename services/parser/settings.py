"""The parser's own settings."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from services.parser.pool import PoolSettings
from shared.settings import Settings


class ParserSettings(Settings):
    """How pages are parsed."""

    model_config = SettingsConfigDict(env_prefix="WARTA_PARSER_")
    workers: int = Field(2, ge=1, le=64, description="parsing processes; one per core")
    deadline_seconds: float = Field(20.0, gt=0, description="a page that takes longer is dead-lettered")
    memory_limit_mib: int = Field(512, ge=64, description="a page that needs more than that is dead-lettered")
    batch: int = Field(16, ge=1, le=64, description="pages worked on at once")
    max_depth: int = Field(2, ge=0, le=10, description="links are followed so far from a source; 0 follows none")
    watched_sites: int = Field(2000, ge=0, description="sites watched for a sudden fall of a field's rate; 0: none")

    def pool(self, *, workers: int | None = None) -> PoolSettings:
        """The pool's settings, with another number of workers if given."""
        return PoolSettings(
            workers=workers or self.workers,
            deadline_seconds=self.deadline_seconds,
            memory_limit_bytes=self.memory_limit_mib * 1024 * 1024,
        )
