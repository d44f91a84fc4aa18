"""The recommender's own settings."""

from pathlib import Path

from pydantic import Field, field_validator
from pydantic_settings import SettingsConfigDict

from services.recommender.recommend import Weights
from services.recommender.weights import chosen
from shared.errors import ConfigurationError
from shared.settings import Settings


class RecommenderSettings(Settings):
    """How related lists are kept."""

    model_config = SettingsConfigDict(env_prefix="WARTA_RECOMMENDER_")
    size: int = Field(10, ge=1, le=50, description="items of a stored list")
    fanout: int = Field(20, ge=0, le=200, description="lists that a new article may change")
    batch: int = Field(2000, ge=1, le=4000, description="requests worked on at once; doubles are computed once")
    gather_seconds: float = Field(0.25, gt=0, le=60, description="requests of so long are answered by one computation")
    validity_seconds: float = Field(
        900,
        ge=1,
        le=86400,
        description="a list is good for so long; those of the last 7 days' articles are then renewed",
    )
    sweep_per_second: float = Field(25, gt=0, le=1000, description="lists that each recommender renews at most")
    lists_per_second: float = Field(
        100, gt=0, le=10000, description="lists that each recommender computes at most, whoever asks"
    )
    apart_seconds: float = Field(5, ge=0, le=300, description="a list is computed at most once in so long")
    weights: Path | None = Field(None, description="JSON file of the ranking's weights, as `warta tune` writes it")

    @field_validator("weights")
    @classmethod
    def _readable(cls, value: Path | None) -> Path | None:
        try:
            chosen(value)
        except ConfigurationError as error:
            raise ValueError(str(error)) from None
        return value

    def ranking(self) -> Weights:
        """The weights in force. Raises `ConfigurationError` when the file has become unreadable."""
        return chosen(self.weights)
