"""The committed schemas are those of the code, and true of the events."""

import jsonschema
import msgspec
import pytest

from shared import schema
from shared.events import Event
from tests.support.events import ADDED, FULL


def test_no_drift() -> None:
    committed = {path.name: path.read_text() for path in schema.FOLDER.glob("*.json")}
    assert committed == schema.files(), "run `python -m shared.schema` and commit what it writes"


@pytest.mark.parametrize(
    "event", [e for e in (*FULL, *ADDED.values()) if not hasattr(e, "body")], ids=lambda e: type(e).__name__
)
def test_events_are_valid_by_their_schemas(event: Event) -> None:
    body = msgspec.json.decode((schema.FOLDER / f"{event.TYPE}.json").read_bytes())
    jsonschema.Draft202012Validator.check_schema(body)
    jsonschema.validate(msgspec.json.decode(msgspec.json.encode(event)), body)
