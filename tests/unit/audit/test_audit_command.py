"""What `warta audit` prints, where a group fell behind retention, and a disk without room."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiokafka import TopicPartition
from click.testing import CliRunner

from cli.audit import audit, lines, verdict
from operations.audit import AuditReport, ExpiredUnread, Stage, Unexplained
from operations.audit.cut import Cut
from operations.audit.evidence import Evidence, NoRoomError
from operations.audit.rows import Document

AT = datetime(2024, 10, 8, tzinfo=UTC)
STAGES = (
    Stage(name="requests", reads="crawl.requests", classes={"failed: dns": 2, "published": 1234}),
    Stage(name="lists", reads="related.requests", classes={}),
)


def test_a_clean_report_is_a_table() -> None:
    report = AuditReport(cut_at=AT, stages=STAGES)
    assert report.clean
    assert lines(report) == [
        "stage      reads              messages  ended as",
        "requests   crawl.requests        1,236      1,234  published",
        "                                                2  failed: dns",
        "lists      related.requests          0          0  -",
    ]


def test_each_unexplained_message_is_named_with_its_place() -> None:
    one = Unexplained(
        stage="pages", why="no article", id="abc", topic="pages.fetched", partition=3, offset=17, url="https://a.id/"
    )
    expired = ExpiredUnread(service="parser", topic="pages.fetched", partition=1, records=5)
    report = AuditReport(cut_at=AT, stages=STAGES, unexplained=(one,), expired_unread=(expired,), more_unexplained=2)
    assert not report.clean
    assert lines(report)[4:] == [
        "", "unexplained:", "  pages: abc at pages.fetched/3/17: no article (https://a.id/)", "... and 2 more",
        "", "expired unread:", "  pages.fetched/1: 5 records went before the parser had read them",
    ]  # fmt: skip
    assert "3 of the messages are unexplained" in verdict(report)
    assert "5 records expired unread" in verdict(report)


def test_records_that_went_before_they_were_read_are_lost() -> None:
    read, behind, never = (TopicPartition("pages.fetched", number) for number in range(3))
    cut = Cut(
        at=AT, begins={read: 5, behind: 5, never: 0}, ends={read: 9, behind: 9, never: 0},
        committed={read: 5, behind: 3, never: 0}, since={},
    )  # fmt: skip
    assert cut.expired_unread == (ExpiredUnread(service="parser", topic="pages.fetched", partition=1, records=2),)


def test_a_full_disk_gives_one_clear_error(tmp_path: Path) -> None:
    evidence = Evidence(tmp_path)
    pages = evidence._db.execute("PRAGMA page_count").fetchone()[0]
    evidence._db.execute(f"PRAGMA max_page_count={pages + 2}")
    rows = [Document(article=f"a{number}", version=1, url="https://a.id/" + "x" * 500) for number in range(100)]
    with pytest.raises(NoRoomError, match="TMPDIR"):
        evidence.add(rows)
    evidence.close()


@pytest.mark.parametrize("site", ["https://a.id", "a.id/x", "", "a.id:80"])
def test_a_site_is_a_host_s_name(site: str) -> None:
    answer = CliRunner().invoke(audit, ["--site", site])
    assert answer.exit_code == 2
    assert "is no host's name" in answer.output
