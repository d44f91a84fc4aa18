"""JSON Schemas of the events, and an AsyncAPI document of the topics: `python -m shared.schema` writes both.

They are committed under shared/schemas/ for readers in other languages; tests/contract/test_schemas.py holds them equal
to the code, and the code compatible with every event ever written.
"""

from pathlib import Path
from typing import Any

import msgspec

from shared.events import EVENT_TYPES, Event
from shared.topics import TOPICS
from shared.version import VERSION

FOLDER = Path(__file__).parent / "schemas"
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def files() -> dict[str, str]:
    """Name and text of each file: one schema an event type, and `asyncapi.json`."""
    found = {f"{name}.json": schema(event) for name, event in EVENT_TYPES.items()}
    found["asyncapi.json"] = asyncapi()
    return {
        name: msgspec.json.format(msgspec.json.encode(body), indent=2).decode() + "\n" for name, body in found.items()
    }


def schema(event: type[Event]) -> dict[str, Any]:
    """The JSON Schema of an event's data.

    Of a page and a dead letter, `body` is the record's value and the rest are headers.
    """
    (_,), components = msgspec.json.schema_components([event], ref_template="#/$defs/{name}")
    top = components.pop(event.__name__)
    return {"$schema": DIALECT, "$id": f"urn:{event.TYPE}", **top, "$defs": components}


def asyncapi() -> dict[str, Any]:
    """Topics as channels, with the messages that each carries."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Warta",
            "version": VERSION,
            "description": "CloudEvents 1.0 over Kafka in binary mode: attributes are headers prefixed ce_.",
        },
        "defaultContentType": "application/json",
        "channels": {
            topic.name: {
                "address": topic.name,
                "description": f"Keyed by {topic.key}; {topic.cleanup}.",
                "messages": {
                    event.__name__: {"$ref": f"#/components/messages/{event.__name__}"} for event in topic.event_types
                },
                "bindings": {"kafka": {
                    "partitions": topic.partitions,
                    "topicConfiguration": {
                        "cleanup.policy": topic.cleanup.split(","),
                        "max.message.bytes": topic.max_message_bytes,
                        "retention.ms": -1 if topic.retention_ms is None else topic.retention_ms,
                    },
                }},
            }
            for topic in TOPICS.values()
        },
        "components": {"messages": {
            event.__name__: {"name": name, "summary": (event.__doc__ or "").split("\n")[0],
                             "payload": {"schema": {"$ref": f"./{name}.json"}}}
            for name, event in EVENT_TYPES.items()
        }},
    }  # fmt: skip


def main() -> None:
    """Write the files, and remove those of no event."""
    wanted = files()
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.json"):
        if old.name not in wanted:
            old.unlink()
    for name, text in wanted.items():
        (FOLDER / name).write_text(text)


if __name__ == "__main__":
    main()
