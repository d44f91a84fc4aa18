"""The ranking's weights in a file: read as written, and refused with the file's and the field's name."""

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from msgspec import structs

from operations.evaluate.parameters import parameters
from services.recommender.recommend import DEFAULT
from services.recommender.settings import RecommenderSettings
from services.recommender.weights import read_weights, written
from shared.errors import ConfigurationError
from shared.settings import load


def test_weights_are_read_as_written_and_what_is_left_out_is_as_by_default(tmp_path: Path) -> None:
    path = tmp_path / "weights.json"
    first = parameters(DEFAULT)[0]
    changed = first.put(DEFAULT, first.high)
    path.write_bytes(written(changed))
    assert read_weights(path) == changed != DEFAULT
    path.write_text("{}")
    assert read_weights(path) == DEFAULT


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Input data was truncated"),
        (b"[]", "Expected `object`, got `array`"),
        (b'{"half_lif": 3}', "there is no half_lif"),
        (b'{"\xff": 3}', "weights.json"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "weights.json"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=f"weights.json.*{said}" if said != path.name else said):
        read_weights(path)


def test_a_wrong_value_is_refused_with_its_field(tmp_path: Path) -> None:
    path = tmp_path / "weights.json"
    for name in DEFAULT.__struct_fields__:
        value = getattr(DEFAULT, name)
        if isinstance(value, float | timedelta):
            wrong = -1.0 if isinstance(value, float) else timedelta()
            path.write_bytes(msgspec.json.encode(structs.replace(DEFAULT, **{name: wrong})))
            with pytest.raises(ConfigurationError, match=f"weights.json: .*{name}"):
                read_weights(path)
            path.write_bytes(msgspec.json.encode({name: "x"}))
            with pytest.raises(ConfigurationError, match=f"weights.json: .*{name}"):
                read_weights(path)


def test_the_setting_is_checked_when_it_is_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "weights.json"
    monkeypatch.setenv("WARTA_RECOMMENDER_WEIGHTS", str(path))
    with pytest.raises(ConfigurationError, match=r"WARTA_RECOMMENDER_WEIGHTS: can't read the weights .*No such file"):
        load(RecommenderSettings)
    path.write_text("{")
    with pytest.raises(ConfigurationError, match=r"WARTA_RECOMMENDER_WEIGHTS: the weights .*weights\.json"):
        load(RecommenderSettings)
    first = parameters(DEFAULT)[0]
    path.write_bytes(written(first.put(DEFAULT, first.high)))
    assert load(RecommenderSettings).ranking() == first.put(DEFAULT, first.high)
    path.write_bytes(b"")
    assert load(RecommenderSettings).ranking() == DEFAULT
