"""What ingest workers write about streams and feeds is what the desktop reads."""

from __future__ import annotations

import pytest

from app.video.board import (
    INGEST_BYTES,
    STREAMS,
    TIMELINE,
    FeedRecord,
    StreamRecord,
    behind_s,
    feed_board,
    stream_board,
)
from app.video.frames import SharedBlock


@pytest.fixture
def block():
    made = SharedBlock.create(INGEST_BYTES, "test-board")
    yield made
    made.close()


def test_a_stream_record_reads_back(block):
    record = StreamRecord(block, STREAMS - 1)
    record.opened(50)
    record.packet(1000, 100, key=True, news=True, broken=False)
    record.packet(100, 200, key=False, news=True, broken=False)
    record.packet(200, 300, key=False, news=False, broken=True)
    record.dropped(7)
    record.packet(200, 400, key=False, news=False, broken=False)
    row = stream_board(block)[STREAMS - 1]
    names = ("packets", "bytes", "arrived_ns", "news_ns", "key_ns", "opened_ns", "dropped", "broken")
    assert [int(row[name]) for name in names] == [4, 1500, 400, 200, 100, 50, 7, 1]
    assert float(row["key_bytes"]) == 1000 and float(row["delta_bytes"]) == pytest.approx(119)
    assert not stream_board(block)[STREAMS - 2]["packets"], "its neighbour is untouched"
    StreamRecord(block, STREAMS - 1)
    assert not stream_board(block)[STREAMS - 1]["packets"], "the next stream starts from nothing"


def test_how_far_behind_a_reader_is(block):
    feed = FeedRecord(block, 3, number=9)
    row = feed_board(block)[3]
    assert int(row["number"]) == 9
    for index in range(TIMELINE * 2):
        feed.put(100, index * 1_000_000_000)
    now, total = TIMELINE * 2 * 1_000_000_000, TIMELINE * 2 * 100
    assert behind_s(row, total, now) == 0.0, "everything was taken"
    assert behind_s(row, total - 1, now) == pytest.approx(1.0)
    assert behind_s(row, total - 1000, now) == pytest.approx(10.0)
    assert behind_s(row, 0, now) == pytest.approx(TIMELINE), "older than the timeline: at least this"
    FeedRecord(block, 3, number=10)
    assert behind_s(feed_board(block)[3], 0, now) == 0.0
