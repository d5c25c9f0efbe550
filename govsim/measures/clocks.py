"""What is told of the time of demands: the three clocks, the pieces of time, and their names.

Names only, which reports read without anything that measures: that takes a while to be imported.
"""

from __future__ import annotations

PIECES = (
    "closed",
    "desk",
    "intake",
    "passing_on",
    "nobody",
    "other_work",
    "busy",
    "turn_out",
    "way",
    "access",
    "work",
    "another_team",
    "meeting",
    "department",
    "reply",
    "gone",
)
"""What the time of a demand goes to: a desk with nobody on duty; others before it at the desk;
being taken in; waiting to be passed on; too few on duty of those who may go; enough on duty, but on
patrol, on visits or at other work; their crews busy; turn-out; the way; access; work on the scene;
waiting for a further group's team; for the joint meeting; a department; writing the reply; given
up, by its resident or for want of room."""

(
    CLOSED,
    DESK,
    INTAKE,
    PASSING_ON,
    NOBODY,
    OTHER_WORK,
    BUSY,
    TURN_OUT,
    WAY,
    ACCESS,
    WORK,
    ANOTHER_TEAM,
    MEETING,
    CASE,
    REPLY,
    GONE,
) = range(len(PIECES))

CLOCKS = ("scene", "solve", "reply")
"""The three clocks, as `govsim.measures.replication.promise_kept` names them."""

EVENTS = {"scene": "scene", "solve": "resolved", "reply": "replied"}
"""What each clock waits for: a column of the outcome's demands."""

IN = {
    "scene": (*range(WORK), GONE),
    "solve": (*range(REPLY), GONE),
    "reply": tuple(range(len(PIECES))),
}
"""Pieces that can be in each clock: nobody works, or is waited for again, before the arrival."""

LATE, KEPT, REACHABLE, AS_SENT = "late", "kept", "reachable", "as_sent"
"""In place of a piece: how many were late and in time; how many any staffing could reach, and how
many people without limit would, sent as the plan sends them."""
