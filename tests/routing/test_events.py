"""A streamed answer is read from the wire the same, however it comes."""

import asyncio
import json
import time

import pytest

from apps.routing import events

SAID = [{"choices": [{"index": 0, "delta": {"content": word}}]} for word in ("Grüße ", "aus ", "東京")]


class Response:
    """As httpx's: the bytes that came, piece by piece."""

    def __init__(self, *pieces):
        self.pieces = pieces

    async def aiter_bytes(self):
        for piece in self.pieces:
            yield piece


def told(*pieces):
    """The words of each list of chunks, and the error that ended them or None."""

    async def all_of_it():
        found = []
        try:
            async for chunks in events.read(Response(*pieces)):
                found.append([chunk.choices[0].delta.content for chunk in chunks])
        except Exception as error:
            return found, error
        return found, None

    return asyncio.run(all_of_it())


def wire(*said, newline="\n"):
    rows = [f"data: {json.dumps(one, ensure_ascii=False)}{newline}{newline}" for one in said]
    return "".join([f": ping{newline}{newline}", *rows]).encode()


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_an_event_is_whole_wherever_its_bytes_were_cut(newline):
    whole = wire(*SAID, newline=newline) + f"data: [DONE]{newline}{newline}".encode()
    for place in range(len(whole)):
        found, error = told(whole[:place], whole[place:])
        assert [word for words in found for word in words] == ["Grüße ", "aus ", "東京"]
        assert error is None
    assert told(*(bytes([one]) for one in whole)) == ([["Grüße "], ["aus "], ["東京"]], None)


def test_what_comes_together_is_handed_on_together():
    assert told(wire(*SAID)) == ([["Grüße ", "aus ", "東京"]], None)


def test_nothing_behind_the_end_is_part_of_the_answer():
    assert told(wire(SAID[0]) + b"data: [DONE]\n\n" + wire(SAID[1]), wire(SAID[2])) == ([["Grüße "]], None)


def test_an_event_over_several_lines_is_one():
    assert told(b'data: {"choices": [{"delta":\ndata: {"content": "Hi"}}]}\n\n') == ([["Hi"]], None)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ({"message": "Overloaded, try later"}, "Overloaded, try later"),
        ("Overloaded", "Overloaded"),
        ({"code": 7}, "An error occurred during streaming"),
    ],
)
def test_words_before_an_error_are_told_before_it(error, words):
    found, problem = told(wire(SAID[0], {"error": error}))
    assert found == [["Grüße "]]
    assert isinstance(problem, events.ToldOfError)
    assert problem.message == words


def test_what_is_no_json_is_an_error_of_reading():
    found, problem = told(wire(SAID[0]) + b"data: {oops\n\n")
    assert found == [["Grüße "]]
    assert isinstance(problem, json.JSONDecodeError)


@pytest.mark.parametrize("piece", [b"x" * 2**16, b"data:" + b"x" * 2**16 + b"\n", b"data:\n" * 2**13])
def test_an_event_without_end_is_refused_and_costs_no_more_than_it_has(piece):
    began = time.process_time()
    found, problem = told(wire(SAID[0]), b"data: ", *[piece] * 1000)
    assert found == [["Grüße "]]
    assert isinstance(problem, events.TooLong)
    assert time.process_time() - began < 1


def test_a_long_line_in_small_pieces_is_read_in_time_that_grows_with_it():
    whole = wire({"choices": [{"delta": {"content": "x" * 2**20}}]})
    began = time.process_time()
    assert told(*(whole[at : at + 64] for at in range(0, len(whole), 64))) == ([["x" * 2**20]], None)
    assert time.process_time() - began < 1


class Arriving:
    """As a socket: what came since the last look comes as one piece."""

    def __init__(self, said):
        self.left = [wire(one) for one in said] + [b"data: [DONE]\n\n"]
        self.there = asyncio.Queue()

    async def arrive(self):
        for piece in self.left:
            self.there.put_nowait(piece)
            await asyncio.sleep(0.002)

    async def aiter_bytes(self):
        for _piece in self.left:
            found = await self.there.get()
            while not self.there.empty():
                found += self.there.get_nowait()
            yield found


async def looks_and_words(response):
    found = [chunks async for chunks in events.read(response)]
    return len(found), [chunk.choices[0].delta.content for chunks in found for chunk in chunks]


@pytest.mark.parametrize(("at_once", "in_few_looks"), [(1, False), (60, True)])
def test_in_a_crowd_an_answer_is_read_whole_in_fewer_looks(at_once, in_few_looks):
    said = [{"choices": [{"index": 0, "delta": {"content": f"{n} "}}]} for n in range(40)]

    async def story():
        responses = [Arriving(said) for _one in range(at_once)]
        told = asyncio.gather(*(looks_and_words(one) for one in responses))
        await asyncio.gather(*(one.arrive() for one in responses))
        return await told

    for looks, words in asyncio.run(story()):
        assert words == [f"{n} " for n in range(40)]
        assert (looks < 20) == in_few_looks
    assert events.crowd.pause_s() == 0
