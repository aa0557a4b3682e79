"""The record of traffic, by itself."""

from sandbox.traffic import Traffic


def test_answers_are_kept_for_the_newest_five_hundred_only() -> None:
    traffic = Traffic()
    for number in range(600):
        traffic.call("chat.postMessage", {"text": str(number)}).end(200, answer={"ok": True})

    told = traffic.after(0)

    assert [entry["n"] for entry in told if entry["answer"]] == list(range(101, 601))
    assert [entry["n"] for entry in traffic.after(0, at_most=2)] == [599, 600]


def test_a_call_is_recorded_as_it_was_given() -> None:
    traffic, given = Traffic(), {"blocks": [{"type": "divider"}]}
    traffic.call("chat.postMessage", given)
    given["blocks"][0]["block_id"] = "named later"

    assert traffic.after(0)[0]["body"] == {"blocks": [{"type": "divider"}]}


def test_a_delivery_tells_its_envelope_its_attempt_and_what_came_back() -> None:
    traffic = Traffic()
    sent = traffic.delivery("interactive", "block_actions", {"type": "block_actions"}, "e-1", 0)
    under_way = traffic.after(0)[0]
    sent.end("acked", answer={"text": "Done."})
    ended = traffic.after(0)[0]

    assert (under_way["status"], under_way["ms"]) == (None, None)
    assert (ended["direction"], ended["type"]) == ("out", "block_actions")
    assert (ended["envelope_id"], ended["status"]) == ("e-1", "acked")
    assert ended["answer"] == {"text": "Done."}
