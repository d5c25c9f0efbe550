"""One spelling for names of columns: simplified signs, and words that were written as one.

Used by `govsim.orders.words` and `govsim.orders.recognising`.
"""

from __future__ import annotations

import re
from functools import cache

_TRADITIONAL = "編號時間結辦處類別區狀態來電話訴單開關閉歸檔應員責務機屬網備註報審發達場條級項樓鄉鎮縣線詢問題碼總執產業點標準評價滿數據轉實際預計劃進參與種聯繫統記錄環節個圖舉檢諮請複覆釋團隊導續終儲緯經綫戶響權齡絡"  # noqa: E501
_SIMPLIFIED = "编号时间结办处类别区状态来电话诉单开关闭归档应员责务机属网备注报审发达场条级项楼乡镇县线询问题码总执产业点标准评价满数据转实际预计划进参与种联系统记录环节个图举检咨请复复释团队导续终储纬经线户响权龄络"  # noqa: E501
_SIGNS = str.maketrans(_TRADITIONAL, _SIMPLIFIED)

_WORDS = frozenset(
    (
        *("accept", "accepted", "actual", "add", "address", "agency", "agent", "arrival", "arrive"),
        *("arrived", "assign", "assigned", "at", "by", "call", "caller", "case", "category"),
        *("channel", "close", "closed", "code", "community", "complaint", "complete", "completed"),
        *("completion", "create", "created", "customer", "date", "department", "description"),
        *("dispatch", "dispatched", "district", "due", "end", "enter", "entered", "expected"),
        *("finish", "finished", "first", "group", "id", "incident", "inspection", "issue", "last"),
        *("latitude", "location", "longitude", "method", "modified", "name", "neighborhood", "no"),
        *("number", "on", "open", "opened", "order", "origin", "owner", "phone", "place"),
        *("priority", "problem", "reason", "received", "reply", "report", "reported", "reporter"),
        *("request", "requested", "resolution", "resolve", "resolved", "response", "scheduled"),
        *("service", "source", "start", "state", "status", "street", "subcategory", "submitted"),
        *("target", "ticket", "time", "type", "update", "updated", "ward", "work", "zone"),
    )
)
"""Words that names of columns are made of."""


def simplified(text: str) -> str:
    """Write the traditional signs that names of columns have as simplified ones."""
    return text if text.isascii() else text.translate(_SIGNS)


def parted(words: str) -> str:
    """Part words that were written as one: ``servicerequestid`` is ``service request id``."""
    return re.sub(r"(?<![^\W_])[a-z]{8,60}(?![^\W_])", lambda found: _parted(found[0]), words)


@cache
def _parted(word: str) -> str:
    """Part one word, if all of it is made of known words; the longest come first."""
    if word in _WORDS:
        return word
    for length in range(len(word) - 2, 1, -1):
        if word[:length] in _WORDS:
            rest = _parted(word[length:])
            if all(part in _WORDS for part in rest.split()):
                return f"{word[:length]} {rest}"
    return word
