"""Which field of a work order a column may be, by its name.

A name is recognised whole, or by its parts: a word for what happened (``resolved``, 办结, cierre)
beside a word for when, or which, or of what kind. What is in the column has to agree; that is
`govsim.orders.proposing`'s part.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from govsim.orders.mapping import TIMES
from govsim.orders.names import CHANGES, NAMES, NOT, OTHER_TIMES, PARTS
from govsim.orders.spelling import parted, simplified
from govsim.orders.words import bare, plain

OF_TIMES = (*TIMES, "date")
"""Fields whose columns hold times."""


PERSONAL = re.compile(
    r"姓名|人$|人员|联系|电话|手机|号码|身份|住址|地址|内容|描述|备注|标题|详情|邮箱|微信号|坐席|"
    r"话务员|工号$|"
    r"网格员$|采集员$|受理员$|经办|诉求摘要|"
    r"phone|mobile ?n|address|e-?mail|contact|caller|complainant|applicant|citizen|owner|"
    r"first ?name|last ?name|full ?name|user ?name|customer name|descri|detail|comment|note(?!r)|"
    r"text|"
    r"title|photo|url|image|summary|^names?$|^nombre|apellido|^customer$|"
    r"\b(?:reporter|assignee|requester|submitter|creator|technician|officer|employee|dispatcher|"
    r"agent|"
    r"watchers?|user id|customer id|caller id|(?:opened|closed|resolved|updated|created|assigned|"
    r"modified|reported|entered) (?:by|to)(?! (?:group|team|dept|department|method)))\b|"
    r"telefono|correo|domicilio|direccion|observaci|titulo|"
    r"beschreib|bemerk|anmerk|kommentar|telefon|adresse|anschrift|ansprech|vorname|nachname|"
    r"melder$|"
    r"ชื่อผู้|ผู้แจ้ง$|โทร|ที่อยู่|รายละเอียด|ความคิดเห็น|이름|성명|전화|주소|내용$|제목|연락처|"
    r"민원인|신고자|"
    r"氏名|名前|電話|住所|内容$|備考|件名|連絡先|メール|申請者|通報者",
    re.IGNORECASE,
)
"""Names of columns that may hold something of a person; they are not opened."""

_KIND_OR_TIME = re.compile(
    r"(?:时间|日期|时刻|日時|일시|일자|分类|类别|类型|大类|小类|满意度|状态|方式|渠道|来源|区分|種別|分類)$|"
    r"(?:工单|案件|受理|事件|诉求|投诉|热线|流水|服务)号码|"
    r"\b(?:at|date|time|date ?time|dttm|dt|timestamp|type|category|method|channel|mode|rating|"
    r"satisfaction|score|status|department|dept|agency|group|team|division|city|district|borough|"
    r"zip)$|\b(?:type|category|status|code|agency|department|dept|method received) desc",
    re.IGNORECASE,
)
"""Names that speak of a person, but of the kind or the time of something: "contact type"."""

_OVER = re.compile(
    r"\b(?:open|active|pending|\w*clos\w*|\w*resol\w*|\w*solv\w*|\w*complet\w*|done|finish\w*|"
    r"abiert\w*|cerrad\w*|resuelt\w*|offen|\w*erledigt|\w*geschlossen|beendet|fechad\w*|ferme\w*)\b|"
    r"办|结|辦|結|完|关|關|解决|解決|处置|处理|归档|未|済|了|종결|해결|ปิด|เสร็จ"
)

_BORN = re.compile(
    r"birth|\bdob\b|出生|生日|生年月日|생년월일|nacimiento|geburt|วันเกิด|\bage\b|gender"
)

_WHEN = re.compile(
    r"time|date|\bdt\b|dttm|\bts\b|stamp|\bat$|\bon$|时间|日期|时刻|fecha|hora|datum|zeit|일시|"
    r"일자|日時|"
    r"年月日|วันที่|เวลา|created|opened|closed|resolved|reported|received"
)


def spaced(name: object) -> str:
    """Fold a name to words with spaces: ``resolvedAt`` and RESOLVED_AT are ``resolved at``."""
    text = unicodedata.normalize("NFKC", str(name)).strip()
    text = bare(re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", text).lower())
    text = re.sub(r"\s*[(\[（].*[)\]）]$", "", text)
    return parted(" ".join(re.sub(r"[_\-/、·.:°º]+", " ", text).split()))


@cache
def _exact() -> dict[str, dict[str, int]]:
    """Scores by folded name and field."""
    scores: dict[str, dict[str, int]] = {}
    for field, names in NAMES.items():
        for rank, name in enumerate(names):
            scores.setdefault(plain(name), {})[field] = 100 - rank
    return scores


def is_known(name: str) -> bool:
    """Whether columns of orders often have a name."""
    return plain(name) in _exact()


@cache
def _compiled() -> dict[str, tuple[tuple[int, re.Pattern[str]], ...]]:
    """`PARTS`, folded as names are."""
    return {
        field: tuple((score, re.compile(_folded(part))) for score, part in parts)
        for field, parts in PARTS.items()
    }


def _folded(part: str) -> str:
    return simplified(unicodedata.normalize("NFKC", part))


@cache
def _simple(pattern: re.Pattern[str]) -> re.Pattern[str]:
    return re.compile(simplified(pattern.pattern), pattern.flags)


def _name(name: str) -> str:
    """Fold a name as the parts of `govsim.orders.names` are, in which 時間 is 时间."""
    return simplified(spaced(name))


def is_other_time(name: str) -> bool:
    """Whether a name, if it is of times, is of those of something else than the order."""
    return re.search(_folded(OTHER_TIMES), _name(name)) is not None


def is_change(name: str) -> bool:
    """Whether a name, if it is of times, is of changes to the row."""
    return re.search(_folded(CHANGES), _name(name)) is not None


def of_being_open(name: str) -> bool:
    """Say which answer, yes or no, to the question in a name means that an order is open."""
    return re.search(r"\bopen\b|\bactive\b|abiert|offen|未|在办", spaced(name)) is not None


def asks_for_state(name: str) -> bool:
    """Whether a name asks if an order is over: yes and no below "made SLA" don't answer that."""
    words = spaced(name)
    return _OVER.search(words) is not None and not re.search(r"\b(?:sla|time|late)\b|超|逾", words)


def speaks_of_times(name: str) -> bool:
    """Whether a name says that numbers below it are times."""
    words = spaced(name)
    return any(_WHEN.search(it) for it in (words, simplified(words)))


def is_personal(name: str) -> bool:
    """Whether a column may hold something of a person, and is not to be opened."""
    words = _name(name)
    if _simple(_BORN).search(words):
        return True
    return _simple(PERSONAL).search(words) is not None and not _simple(_KIND_OR_TIME).search(words)


def fields_of(name: str, times: bool) -> dict[str, int]:
    """Say which fields a column may be by its name.

    Parameters
    ----------
    name : of the column.
    times : whether it holds times; fields that hold none are left out then, and the other way.

    Returns
    -------
    dict
        Scores by field: about 100 where the whole name is known, up to 40 where a part is.
    """
    exact = _exact().get(plain(name), {})
    found = {field: score for field, score in exact.items() if (field in OF_TIMES) == times}
    words = _name(name)
    if times and (found or is_other_time(name) or is_change(name)):
        return found
    for field, parts in _compiled().items():
        if (field in OF_TIMES) != times or field in found:
            continue
        if field in NOT and re.search(_folded(NOT[field]), words):
            continue
        if score := max((score for score, part in parts if part.search(words)), default=0):
            found[field] = score
    return _of_one_event(found, words) if times else found


def _of_one_event(found: dict[str, int], words: str) -> dict[str, int]:
    """Keep the event that a name is of: 办结时限 is a limit, and "call closed" no creation."""
    if "due" in found:
        return {"due": found["due"]}
    if "accepted" in found and re.search(r"\b(?:first|initial)\b|首次|先行", words):
        return {"accepted": found["accepted"]}
    if any(field not in ("created", "accepted", "date") for field in found):
        found = {f: score for f, score in found.items() if f not in ("created", "date")}
    return found
