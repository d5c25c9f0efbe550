"""What the words in a column of states mean: open, closed, or not to be told.

A word is read by its parts, since offices make up their own: "To be closed" and "Unresolved" hold
a word for closed and are open, 已结案未评价 holds 未 and is closed. What isn't understood is left
to the time of closing. Used by `govsim.orders.reading`, for columns of states; by
`govsim.orders.times`, for words in place of a time; and by `govsim.orders.proposing`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from govsim.orders.mapping import CLOSED, OPEN
from govsim.orders.words import bare, fold

MOST = 60
"""Signs of a word, at most; what is longer is a text."""


def _any(*words: str) -> str:
    return "|".join(words)


# ------------------------------------------------------------------ languages that part words

_OVER = _any(
    *(r"closed?", r"closes", r"complete[ds]?", r"resolved?", r"solved", r"done", r"finish(?:ed)?"),
    *(r"fixed", r"archived?", r"cancell?ed", r"abandoned", r"withdrawn", r"declined", r"rejected"),
    *(r"dismissed", r"duplicated?", r"invalid", r"voided", r"settled", r"cleared", r"concluded"),
    *(
        r"fulfilled",
        r"ended",
        r"terminated",
        r"inactive",
        r"spam",
        r"deleted",
        r"merged",
        r"denied",
    ),
    # Spanish, Portuguese, Italian, French
    *(r"cerrad[oa]s?", r"resuelt[oa]s?", r"finalizad[oa]s?", r"terminad[oa]s?", r"completad[oa]s?"),
    *(
        r"concluid[oa]s?",
        r"solucionad[oa]s?",
        r"archivad[oa]s?",
        r"cancelad[oa]s?",
        r"anulad[oa]s?",
    ),
    *(r"rechazad[oa]s?", r"desestimad[oa]s?", r"atendid[oa]s?", r"fechad[oa]s?", r"resolvid[oa]s?"),
    *(r"encerrad[oa]s?", r"chius[oaie]", r"risolt[oaie]", r"completat[oaie]", r"conclus[oaie]"),
    *(r"ferme[es]*", r"clos", r"close?s", r"cloture[es]*", r"resolu[es]*", r"termine[es]*"),
    *(r"traite[es]*", r"annule[es]*"),
    # German
    *(r"geschlossen", r"abgeschlossen", r"erledigt", r"gelost", r"geloest", r"beendet", r"fertig"),
    *(r"behoben", r"archiviert", r"abgelehnt", r"storniert", r"zuruckgezogen", r"beantwortet"),
)

_NOT_OVER = _any(
    *(r"un", r"in", r"not", r"non", r"no", r"never", r"nicht", r"noch", r"sin", r"sem", r"pas"),
    *(r"yet", r"to be", r"to", r"being", r"awaiting", r"await", r"waiting", r"wait", r"pending"),
    *(r"partial", r"partially", r"partly", r"almost", r"nearly", r"ready", r"before", r"until"),
    *(r"por", r"para", r"pendiente", r"parcialmente", r"a", r"da", r"zu", r"teilweise", r"fast"),
)

_AGAIN = (
    r"re-?\s?open|re-?activat|re-?abiert|reabert|riapert|rouvert|reouvert|"
    r"wieder\s?-?(?:er)?\s?-?(?:offn|geoff|auf)"
)

_REQUESTED = (
    r"pending|await|waiting|requested|review|approval|propos|ready|verif|confirm|pendiente|reopen"
)

_NOT_OVER_PARTS = re.compile(
    rf"\b(?:{_NOT_OVER})[\s\-]+(?:(?:yet|be|fully|for|to|ganz|vollstandig)[\s\-]+)*(?:{_OVER})\b"
    r"|\b(?:sin|por|para|sem|a|da|de|to|zu|falta) (?:resolve|close|complete|finish|fix|cerrar|"
    r"resolver|"
    r"finalizar|terminar|completar|atender|fechar|concluir|chiudere|risolvere|erledigen|fermer)\b"
    rf"|\b(?:un|in|im|non|not|dis|ir)-?(?:{_OVER})\b"
)

_STILL = re.compile(
    r"\b(?:open(?:ed)?|new|active|activ|in (?:progress|process|review|work|treatment|queue)|"
    r"ongoing|"
    r"work(?:ing)?|wip|under|pending|await(?:ing)?|wait(?:ing)?|hold|held|on-?hold|paused?|"
    r"assign(?:ed)?|unassigned|reassigned|dispatch(?:ed)?|submitted|received|acknowledged?|"
    r"accepted|"
    r"referred|forwarded|transferred|routed|escalated|scheduled|planned|start(?:ed)?|"
    r"investigat(?:ing|ion)|inspect(?:ing|ion)|review(?:ing)?|triaged?|queued?|backlog|to\s?do|"
    r"draft|"
    r"deferred|delayed|overdue|suspended|enroute|en route|on scene|processing|progress|registered|"
    r"logged|created|incomplete|unresolved|outstanding|"
    r"abiert[oa]s?|nuev[oa]s?|pendientes?|en (?:proceso|curso|tramite|gestion|espera|ejecucion|"
    r"revision|atencion|cours|attente)|asignad[oa]s?|recibid[oa]s?|iniciad[oa]s?|registrad[oa]s?|"
    r"derivad[oa]s?|abert[oa]s?|novo|em (?:andamento|analise|aberto)|apert[oa]|"
    r"in (?:corso|lavorazione|attesa|bearbeitung|prufung|pruefung|klarung)|ouvert[es]*|nouveau|"
    r"recue?|"
    r"offen|neu|wartend|wartet|zuruckgestellt|zugewiesen|angenommen|eingegangen|gemeldet|"
    r"unerledigt|ungelost|bearbeitung|weitergeleitet)\b"
)

_OVER_PARTS = re.compile(rf"\b(?:{_OVER})\b")


def _of_parts(word: str) -> str:
    """Read a word of a language that parts its words, folded and without accents."""
    if re.search(_AGAIN, word):
        return OPEN
    over = _OVER_PARTS.search(word)
    if over and not word[: over.start()].strip(" -:/([") and over.group() != "close":
        # What begins with "Closed" is: "Closed - not resolved". But "Closed, pending review" ...
        return "" if re.search(_REQUESTED, word[over.end() :]) else CLOSED
    if _NOT_OVER_PARTS.search(word):
        return OPEN
    if over:
        return "" if re.search(_REQUESTED, word) or _STILL.search(word) else CLOSED
    return OPEN if _STILL.search(word) else ""


# ------------------------------------------------------------------ Chinese

_FINAL = (
    r"结案|結案|办结|辦結|关闭|關閉|归档|歸檔|销案|銷案|完结|完結|终结|終結|结单|結單|闭环|作废|"
    r"作廢|"
    r"撤销|撤銷|撤回|撤诉|取消|注销|办毕|存档|结束|結束|终止|完工|已结(?!果)"
)
_DONE = (
    r"完成|解决|解決|化解|处理完|處理完|处置完|办理完|完毕|评价|回访|答复|答覆|"
    r"回复|回覆|处置|处理|處理"
)
_NONE_YET = r"未|待|尚未|没有|没|等待|准备|拟|预|部分|无法|不能|暂不|不予|不"
_ASKED = r"待审|审核|審核|审批|审查|核查|确认|申请|请求|退回|驳回|不通过|中$"
_REOPENED = r"重开|重新打开|重新开启|重新激活|重启|再次打开|返工|重办|重派|重新派|恢复|重新处理"
_RUNNING = (
    r"中$|中[（(]|^待|待办|在办|未|受理|立案|派遣|派单|派发|下派|签收|接单|接收|转办|交办|分派|"
    r"转派|督办|催办|核实|核查|上报|"
    r"登记|新建|草稿|挂账|挂起|延期|暂缓|退回|退单|超期|逾期|预警|审核|审批|处置|处理|办理|整改|"
    r"流转|到场|出发"
)


def _chinese(word: str) -> str:
    if re.search(_REOPENED, word):
        return OPEN
    if re.search(r"不予受理|不受理|不予立案|不立案|无需|误报|重复件$|无效", word):
        return CLOSED
    if re.search(rf"(?:{_NONE_YET})[^已，,。;；\s]{{0,1}}(?:{_FINAL})", word):
        return OPEN
    if found := re.search(_FINAL, word):
        # 办结待审核 is asked for, and not granted yet; 已办结待回访 is over.
        return "" if re.search(_ASKED, word[:2] + word[found.end() :]) else CLOSED
    if re.search(rf"(?:{_NONE_YET})[^已，,。;；\s]{{0,2}}(?:评价|回访|答复|回复)", word):
        # 待评价, 未回访: it may well be over.
        return CLOSED if re.search(r"已(?:完成|解决|处置|处理|答复|回复)", word) else ""
    if re.search(rf"(?:{_NONE_YET})[^已，,。;；\s]{{0,2}}(?:{_DONE})", word):
        return OPEN
    if re.search(rf"(?:{_DONE})", word) and (
        re.search(r"已|完成|完毕|完$|解决$|解決$", word) and not re.search(_ASKED, word)
    ):
        return "" if re.search(r"待|未", word) else CLOSED
    return OPEN if re.search(_RUNNING, word) else ""


# ------------------------------------------------------------------ Japanese, Korean, Thai

_JAPANESE = re.compile(r"[\u3040-\u30ff]|対応|処理|済|終了|完了|未了|受付|保留|調査|解決|依頼|着手")
_KOREAN = re.compile(r"[\uac00-\ud7a3]")
_THAI = re.compile(r"[\u0e00-\u0e7f]")

_RULES: tuple[tuple[re.Pattern[str], tuple[tuple[str, str], ...]], ...] = (
    (
        _JAPANESE,
        (
            (r"未|再開|一部|差し?戻|待ち|予定|受付|受理|依頼|引継|割当|着手|検討|調査|保留", OPEN),
            (r"中$|中[(（]|オープン|新規|継続", OPEN),
            (r"完了|済|終了|解決|完結|クローズ|取り?消|却下|中止|対象外", CLOSED),
            (r"対応|処理", OPEN),
        ),
    ),
    (
        _KOREAN,
        (
            (r"미\s?(?:완료|처리|해결|결|종결|조치|답변)|안\s?됨|불가", OPEN),
            (r"(?:접수|배정|지정|이송|배부|신청|등록|배분|출동|이관)\s?(?:완료|됨)?", OPEN),
            (r"중$|대기|예정|보류|진행|검토|재오픈|재접수|연장|열림|신규|요청", OPEN),
            (r"완료|종결|종료|해결|마감|취소|반려|철회|닫힘|답변", CLOSED),
        ),
    ),
    (
        _THAI,
        (
            (r"ยังไม่|ไม่(?:เสร็จ|สำเร็จ|แล้ว)|กำลัง|รอ|อยู่ระหว่าง|ระหว่าง|เปิด|บางส่วน", OPEN),
            (r"เสร็จ|สำเร็จ|ปิด|แก้ไขแล้ว|ดำเนินการแล้ว|ยุติ|ยกเลิก|จบ|ไม่รับ|ปฏิเสธ", CLOSED),
            (r"รับเรื่อง|รับแล้ว|ส่งต่อ|มอบหมาย|ใหม่|ดำเนินการ|แจ้ง", OPEN),
        ),
    ),
)

_EXACT = {
    **dict.fromkeys(("o", "wip", "to do", "todo", "on", "active"), OPEN),
    **dict.fromkeys(("c", "ok", "end", "off"), CLOSED),
}


@lru_cache(maxsize=4096)
def state_of(word: str) -> str:
    """Read a word for the state of an order.

    Parameters
    ----------
    word : as it was written.

    Returns
    -------
    str
        ``open``, ``closed``, or nothing where the word doesn't say.
    """
    folded = bare(fold(word))
    if not folded or len(folded) > MOST:
        return ""
    if folded in _EXACT:
        return _EXACT[folded]
    for script, rules in _RULES:
        if script.search(folded):
            return next((said for part, said in rules if re.search(fold(part), folded)), "")
    if re.search(r"[\u3400-\u9fff]", folded):
        return _chinese(folded.replace(" ", ""))
    return _of_parts(re.sub(r"[_.]+", " ", folded))


def means_open(word: str) -> bool:
    """Whether a word in place of a time says that something is not over."""
    return not any(sign.isdigit() for sign in word) and state_of(word) == OPEN
