"""The stack's promises on real servers of its own: data outlives crashes, and servers are found again or end."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import psutil
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from stack import Stack, StackError

ROOT = Path(__file__).resolve().parents[2]
UP = """
import os, sys
from pathlib import Path
from stack import Stack
stack = Stack(Path(sys.argv[1]), owner=os.getpid() if sys.argv[2] == "owned" else None)
stack.up(elasticsearch=False)
print("up", flush=True)
sys.stdin.read()
"""


def ignore(_line: str) -> None:
    pass


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Servers that a test may kill."""
    lines: list[str] = []
    with Stack(tmp_path_factory.mktemp("own"), report=lines.append) as own:
        assert "development and tests only: no security" in lines[-1]
        yield own


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Callable[[str], subprocess.Popen[bytes]]]:
    """Starts Kafka below tmp_path from another Python process, which can be killed."""
    started: list[subprocess.Popen[bytes]] = []

    def start(kind: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", UP, str(tmp_path), kind]
        process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        started.append(process)
        assert process.stdout is not None
        while process.stdout.readline() != b"up\n":
            assert process.poll() is None
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()
    Stack(tmp_path, report=ignore).down()


async def produce(stack: Stack, topic: str, count: int) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=stack.bootstrap_servers)
    await admin.start()
    await admin.create_topics([NewTopic(topic, 1, 1)])
    await admin.close()
    producer = AIOKafkaProducer(bootstrap_servers=stack.bootstrap_servers, acks="all", enable_idempotence=True)
    await producer.start()
    for number in range(count):
        await producer.send_and_wait(topic, b"%d" % number)
    await producer.stop()


async def consume(stack: Stack, topic: str) -> list[int]:
    partition = TopicPartition(topic, 0)
    # not seek_to_beginning: the reset to the end that assign() began can still arrive after it and win
    consumer = AIOKafkaConsumer(bootstrap_servers=stack.bootstrap_servers, auto_offset_reset="earliest")
    await consumer.start()
    consumer.assign([partition])
    end = (await consumer.end_offsets([partition]))[partition]
    values: list[int] = []
    while await consumer.position(partition) < end:
        for records in (await consumer.getmany(timeout_ms=200)).values():
            values += [int(record.value) for record in records]
    await consumer.stop()
    return values


async def test_kafka_keeps_every_acknowledged_record_over_a_kill_and_a_restart(own: Stack) -> None:
    address = own.bootstrap_servers
    await produce(own, "kept", 200)
    own.kill("kafka")
    assert [server.state for server in own.status() if server.name == "kafka"] == ["stopped"]
    own.up()
    assert await consume(own, "kept") == list(range(200))
    own.restart("kafka")
    assert await consume(own, "kept") == list(range(200))
    assert own.bootstrap_servers == address


def test_elasticsearch_keeps_every_acknowledged_document_over_a_kill_and_a_restart(own: Stack) -> None:
    url = own.elasticsearch_url
    with httpx.Client(base_url=url, trust_env=False, timeout=30) as client:
        for number in range(50):
            client.put(f"/kept/_doc/{number}", json={"n": number}).raise_for_status()
        own.kill("elasticsearch")
        own.up()
        assert client.get("/kept/_count").json()["count"] == 50
        own.restart("elasticsearch")
        assert client.get("/kept/_count").json()["count"] == 50
    assert own.elasticsearch_url == url


def test_a_frozen_server_answers_nobody_goes_on_when_told_to_and_can_be_ended(own: Stack) -> None:
    url = own.elasticsearch_url
    with httpx.Client(base_url=url, trust_env=False, timeout=1) as client:
        own.pause("elasticsearch")
        with pytest.raises(httpx.ReadTimeout):
            client.get("/")
        own.resume("elasticsearch")
        assert client.get("/", timeout=30).status_code == 200
    own.pause("kafka")
    own.restart("kafka")
    assert [server.state for server in own.status() if server.name == "kafka"] == ["ready"]


def test_the_same_directory_gives_the_same_servers_and_leaves_them_to_whoever_started_them(own: Stack) -> None:
    before = [server.pid for server in own.status()]
    with Stack(own.directory, report=ignore) as guest:
        assert [server.pid for server in guest.status()] == before
        assert guest.bootstrap_servers == own.bootstrap_servers
        assert guest.elasticsearch_url == own.elasticsearch_url
    assert [server.pid for server in own.status()] == before
    with pytest.raises(StackError, match=r"already runs .* instead of 20001"):
        Stack(own.directory, kafka_port=20001, report=ignore).up()


def test_both_servers_listen_on_loopback_only_and_their_status_says_where(own: Stack) -> None:
    for server in own.status():
        assert server.state in ("ready", "green", "yellow")
        assert server.rss_bytes > 50_000_000
        sockets = [c.laddr for c in psutil.Process(server.pid).net_connections("tcp") if c.status == "LISTEN"]
        assert server.port in [address.port for address in sockets]
        assert {address.ip.removeprefix("::ffff:") for address in sockets} == {"127.0.0.1"}


def test_servers_of_a_killed_owner_end_and_start_anew(
    elsewhere: Callable[[str], subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    owner = elsewhere("owned")
    orphan = kafka_pid(tmp_path)
    os.kill(owner.pid, signal.SIGKILL)
    owner.wait()
    stack = Stack(tmp_path, report=ignore)
    stack.up(elasticsearch=False)
    assert not psutil.pid_exists(orphan)
    assert kafka_pid(tmp_path) != orphan


def test_servers_without_an_owner_outlive_their_starter_and_are_adopted(
    elsewhere: Callable[[str], subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    starter = elsewhere("free")
    server = kafka_pid(tmp_path)
    os.kill(starter.pid, signal.SIGKILL)
    starter.wait()
    stack = Stack(tmp_path, report=ignore)
    stack.up(elasticsearch=False)
    assert kafka_pid(tmp_path) == server
    stack.down()
    assert not psutil.pid_exists(server) or psutil.Process(server).status() == psutil.STATUS_ZOMBIE


def test_two_stacks_at_once_do_not_collide(tmp_path: Path) -> None:
    stacks = [Stack(tmp_path / name, report=ignore, owner=os.getpid()) for name in ("one", "two")]
    try:
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda stack: stack.up(elasticsearch=False), stacks))
        assert len({stack.bootstrap_servers for stack in stacks}) == 2
        assert [stack.status()[0].state for stack in stacks] == ["ready", "ready"]
    finally:
        for stack in stacks:
            stack.down()


def test_a_port_that_is_taken_is_named_with_the_option_that_moves_it(own: Stack, tmp_path: Path) -> None:
    port = int(own.elasticsearch_url.rsplit(":", 1)[1])
    stack = Stack(tmp_path, elasticsearch_port=port, report=ignore)
    with pytest.raises(StackError, match=rf"Elasticsearch cannot have port {port}.*--elasticsearch-port"):
        stack.up()
    assert [server.pid for server in stack.status()] == [None, None]


def kafka_pid(directory: Path) -> int:
    pid = Stack(directory).status()[0].pid
    assert pid is not None
    return pid
