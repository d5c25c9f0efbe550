"""Exports as offices' programs write them are recognised, and what is left out is told.

Made up in the manner of each program; cells are short for what they stand for: ``@90`` is a time 90
minutes after creation, ``?`` behind it leaves every third cell empty, ``a|b|c`` goes round.
"""

import pandas as pd
import pytest
from places import SHARED

from govsim import language
from govsim.errors import InputError
from govsim.orders.describing import describe
from govsim.orders.mapping_file import to_yaml
from govsim.orders.proposing import propose
from govsim.orders.reading import read_orders
from govsim.orders.sources import open_source
from govsim.report.order_columns import left_out
from govsim.report.order_tables import warnings

CASES = SHARED / "cases" / "orders"

ROWS = 12
START = pd.Timestamp("2025-03-03 07:20:09")


@pytest.fixture(autouse=True)
def _in_english():
    language.use("en")


def cell(spec, i):
    """Make the cell of row i of what stands for a column."""
    if spec.startswith("@"):
        if spec.endswith("?") and i % 3 == 2:
            return ""
        form = "%Y-%m-%d" if "d" in spec else "%H:%M:%S" if "t" in spec else "%Y-%m-%d %H:%M:%S"
        at = START + i * pd.Timedelta("11h17min") + pd.Timedelta(minutes=int(spec.strip("@dt?")))
        return at.strftime(form)
    words = spec.split("|")
    return words[i % len(words)].replace("#", f"{1000 + i}")


def export(tmp_path, columns):
    file = tmp_path / "export.csv"
    frame = pd.DataFrame(
        {name: [cell(spec, i) for i in range(ROWS)] for name, spec in columns.items()}
    )
    frame.to_csv(file, index=False)
    return file


def columns_of(text):
    """Read ``name = cells`` lines; ``field < name = cells`` says what the column is."""
    columns, expected = {}, {}
    for line in text.strip().splitlines():
        field, _, rest = line.strip().rpartition(" < ")
        name, _, spec = rest.partition(" = ")
        columns[name] = spec
        if field:
            expected[field] = name
    return columns, expected


EXPORTS = {
    "New York 311": """
        order < Unique Key = #
        created < Created Date = @0
        closed < Closed Date = @300?
        department < Agency = NYPD|DOT
        category < Problem (formerly Complaint Type) = Noise|Parking
        Problem Detail (formerly Descriptor) = Loud Music|No Access
        Incident Zip = 10027|33101
        Incident Address = 1 MAIN STREET
        City = NEW YORK
        status < Status = Closed|Closed|In Progress
        due < Due Date = @900
        Resolution Description = done
        Resolution Action Updated Date = @400
        place < Borough = BRONX|QUEENS
        channel < Open Data Channel Type = PHONE|ONLINE
        latitude < Latitude = 40.7|40.8
        longitude < Longitude = -73.9|-73.8
    """,
    "Chicago 311": """
        order < SR_NUMBER = SR25-#
        category < SR_TYPE = Pothole|Graffiti
        SR_SHORT_CODE = PHF|GRAF
        department < OWNER_DEPARTMENT = CDOT|Streets
        status < STATUS = Completed|Completed|Open
        created < CREATED_DATE = @0
        LAST_MODIFIED_DATE = @350
        closed < CLOSED_DATE = @300?
        STREET_ADDRESS = 1 W MADISON
        STATE = IL
        ZIP_CODE = 60601
        place < WARD = 1|2|3
        channel < ORIGIN = Phone Call|Mobile Device
        repeat < DUPLICATE = true|false
        parent < PARENT_SR_NUMBER = |SR25-1000
    """,
    "San Francisco 311": """
        order < CaseID = #
        created < Opened = @0
        closed < Closed = @300?
        Updated = @310
        status < Status = Closed|Closed|Open
        Status Notes = ok
        department < Responsible Agency = DPW|PUC
        category < Category = Street Cleaning|Graffiti
        Request Details = a
        Address = 1 Market
        place < Neighborhood = Mission|Sunset
        channel < Source = Phone|Web
    """,
    "Austin 311": """
        order < sr_number = 25-#
        category < sr_type_desc = ARR - Garbage|Loose Dog
        department < sr_department_desc = Animal|Resource
        channel < sr_method_received_desc = Phone|App
        status < sr_status_desc = Closed|Duplicate (closed)|New
        sr_status_date = @310
        created < sr_created_date = @0
        sr_updated_date = @320
        closed < sr_closed_date = @300?
    """,
    "Open311 GeoReport": """
        order < service_request_id = #
        status < status = closed|closed|open
        status_notes = x
        category < service_name = Pothole|Lamp
        service_code = 1|2
        description = a
        department < agency_responsible = DPW|Parks
        created < requested_datetime = @0
        updated_datetime = @300
        due < expected_datetime = @900
        address = 1 Main
    """,
    "SeeClickFix": """
        order < Issue Id = #
        category < Category = Trash|Road
        Summary = a
        created < Created At = @0
        accepted < Acknowledged At = @20
        closed < Closed At = @300?
        status < Status = Closed|Archived|Acknowledged
        Reporter Display Name = A B
    """,
    "Seoul": """
        order < 접수번호 = A#
        created < 접수일시 = @0
        closed < 처리완료일시 = @300?
        status < 처리상태 = 처리완료|답변완료|접수완료
        category < 민원유형 = 도로|소음
        place < 자치구 = 강남구|종로구
        department < 담당부서 = 도로과|환경과
        민원내용 = 가
        satisfied < 만족도 = 만족|불만족|보통
    """,
    "Bangkok, in Thai": """
        order < เลขที่เรื่อง = T#
        created < วันที่รับแจ้ง = @0
        closed < วันที่ปิดเรื่อง = @300?
        category < ประเภทปัญหา = ถนน|ขยะ
        place < เขต = ปทุมวัน|บางรัก
        department < หน่วยงาน = โยธา|เทศกิจ
        status < สถานะ = เสร็จสิ้น|เสร็จสิ้น|กำลังดำเนินการ
        channel < ช่องทาง = แอป|โทรศัพท์
    """,
    "Tokyo": """
        order < 受付番号 = J#
        created < 受付日時 = @0
        closed < 完了日時 = @300?
        category < 通報種別 = 道路|公園
        place < 地区 = 北|南
        department < 担当課 = 道路課|公園課
        status < 対応状況 = 完了|対応済|受付済
        氏名 = 山田
    """,
    "Berlin": """
        order < Vorgangsnummer = V#
        created < Erstellungsdatum = @0
        closed < Abschlussdatum = @300?
        status < Bearbeitungsstatus = Erledigt|Abgeschlossen|In Bearbeitung
        category < Kategorie = Müll|Lärm
        place < Bezirk = Mitte|Pankow
        channel < Eingangsweg = Telefon|App
        Beschreibung = x
    """,
    "Madrid": """
        order < Número de solicitud = S#
        created < Fecha de recepción = @0
        dispatched < Fecha de asignación = @30
        closed < Fecha de cierre = @300?
        category < Categoría = Alumbrado|Residuos
        place < Distrito = Centro|Retiro
        channel < Canal de entrada = Teléfono|Web
        status < Estado = Cerrada|Resuelta|En proceso
        Dirección = x
    """,
    "Mexico, where estado is a state": """
        order < Folio = F#
        created < Fecha de creación = @0
        closed < Fecha de cierre = @300?
        Estado = Jalisco|Puebla
        category < Tipo de reporte = Bache|Fuga
        place < Colonia = Roma|Centro
    """,
    "12345, Beijing": """
        order < 工单编号 = BJ#
        created < 来电时间 = @0
        诉求性质 = 投诉|求助
        category < 一级分类 = 市容环卫|交通
        二级分类 = 垃圾|停车
        department < 承办单位 = 甲街道|乙街道
        place < 所属街道 = 甲街道|乙街道
        dispatched < 派单时间 = @15
        accepted < 签收时间 = @40
        due < 办理时限 = @900
        closed < 办结时间 = @300?
        replied < 回访时间 = @400?
        satisfied < 回访满意度 = 满意|不满意|
        来电人 = 某人
        联系电话 = 13900000000
        诉求内容 = 文字
    """,
    "12345, Shanghai": """
        order < 工单号 = SH#
        created < 受理时间 = @0
        channel < 诉求渠道 = 电话|随申办
        category < 诉求类型 = 噪音|违建
        dispatched < 转办时间 = @15
        accepted < 接单时间 = @40
        首次联系时间 = @60
        closed < 结案时间 = @300?
        status < 工单状态 = 已结案未评价|已结案|办理中
        place < 镇街 = 甲镇|乙镇
    """,
    "grid centre, Nanjing": """
        order < 案卷编号 = NJ#
        channel < 问题来源 = 网格员上报|12345
        category < 大类名称 = 市政|绿化
        小类名称 = 路灯|树木
        place < 所属网格 = 甲一|甲二
        created < 上报时间 = @0
        accepted < 立案时间 = @10
        dispatched < 派遣时间 = @20
        due < 处置截止时间 = @900
        resolved < 处置完毕时间 = @200?
        closed < 结案时间 = @300?
        status < 案卷状态 = 已结案|强制结案|核查中
        网格员 = 某人
        更新时间 = @800
    """,
    "12345, Guangzhou": """
        order < 业务编号 = GZ#
        created < 登记时间 = @0
        dispatched < 分派时间 = @20
        resolved < 反馈时间 = @200?
        closed < 归档时间 = @300?
        category < 诉求主题 = 供水|供电
        department < 承办部门 = 水务局|供电局
        place < 事发区域 = 天河|越秀
        status < 工单状态 = 已归档|已办结待回访|待签收
        是否催办 = 是|否
    """,
    "police, 110": """
        order < 接警单编号 = P#
        created < 接警时间 = @0
        departed < 出警时间 = @5
        scene < 到达现场时间 = @15
        resolved < 处置结束时间 = @90
        category < 警情类别 = 纠纷|求助
        place < 辖区 = 甲所|乙所
        报警人电话 = 110
    """,
    "Zendesk": """
        order < Id = #
        Requester = A
        Subject = words #
        created < Created at = @0
        Updated at = @330
        dispatched < Assigned at = @20
        resolved < Solved at = @300?
        status < Status = Solved|Closed|Pending
        department < Group = Support|Billing
        channel < Via = Web|Mail
        satisfied < Satisfaction Score = Good|Bad|Offered
    """,
    "ServiceNow": """
        order < Number = INC#
        created < Opened = @0
        Opened by = A
        Short description = a
        Caller = B
        Priority = 3 - Moderate
        status < State = Closed|Resolved|On Hold
        category < Category = Network|Email
        department < Assignment group = Ops|Desk
        Assigned to = C
        Updated = @330
        resolved < Resolved = @250?
        closed < Closed = @300?
        channel < Contact type = Phone|Self-service
        due < SLA due = @900
    """,
    "Jira Service Management": """
        order < Issue key = SD-#
        category < Issue Type = Incident|Request
        status < Status = Done|Resolved|Waiting for customer
        Summary = a
        Reporter = A
        Assignee = B
        created < Created = @0
        Updated = @330
        resolved < Resolved = @300?
        due < Due date = @900d
        satisfied < Satisfaction rating = 5|2|
    """,
    "Freshdesk": """
        order < Ticket ID = #
        Subject = words #
        status < Status = Closed|Resolved|Waiting on Customer
        channel < Source = Email|Portal
        category < Type = Question|Problem
        Agent = A
        department < Group = G|H
        created < Created time = @0
        due < Due by Time = @900
        resolved < Resolved time = @280?
        closed < Closed time = @300?
        Last update time = @310
        accepted < Initial response time = @30
        Resolution time (in hrs) = 05:00:00
    """,
    "Los Angeles": """
        order < SRNumber = 1-#
        created < CreatedDate = @0
        UpdatedDate = @310
        ActionTaken = SR Created
        Owner = BOS
        category < RequestType = Bulky Items|Graffiti
        status < Status = Closed|Closed|Forward
        channel < RequestSource = Call|Mobile App
        closed < ClosedDate = @300?
    """,
    "Montreal": """
        order < ID_UNIQUE = #
        category < NATURE = Plainte|Requête
        place < ARRONDISSEMENT = Verdun|Lachine
        created < DDS_DATE_CREATION = @0
        channel < PROVENANCE_ORIGINALE = Téléphone|Courriel
        status < DERNIER_STATUT = Terminée|Terminée|En cours
        DATE_DERNIER_STATUT = @300
    """,
    "São Paulo": """
        order < Protocolo = #
        created < Data de abertura = @0
        closed < Data de encerramento = @300?
        category < Categoria = Buraco|Lixo
        place < Bairro = Sé|Mooca
        status < Situação = Encerrado|Concluído|Em andamento
        channel < Canal = Telefone|App
    """,
    "grid events, Shenzhen": """
        序号 = #
        order < 事件编号 = E#
        created < 上报时间 = @0
        channel < 事件来源 = 12345|巡查
        category < 事件大类 = 市容|安监
        事件小类 = 占道|消防
        place < 所属社区 = 丙|丁
        department < 处置部门 = 城管|应急
        dispatched < 分拨时间 = @10
        closed < 结案时间 = @300?
        status < 事件状态 = 已结案|已结案|处置中
        satisfied < 满意度评分 = 5|3|
    """,
    "repairs of a property manager": """
        order < 报修单号 = R#
        created < 报修时间 = @0
        category < 报修类型 = 水|电
        dispatched < 派工时间 = @10
        scene < 到场时间 = @30
        resolved < 完工时间 = @90?
        维修人员 = 某
        satisfied < 验收评价 = 好评|差评|
        status < 状态 = 已完工|已完工|维修中
    """,
    "Salesforce": """
        order < Case Number = 0000#
        created < Date/Time Opened = @0
        closed < Date/Time Closed = @300?
        status < Status = Closed|Closed - No Response|Escalated
        channel < Case Origin = Phone|Email
        category < Case Reason = Billing|Outage
        Contact Name = A
        Case Owner = B
        Account Name = C
    """,
    "ambulances, New York": """
        order < CAD_INCIDENT_ID = 2501#
        created < INCIDENT_DATETIME = @0
        category < INITIAL_CALL_TYPE = SICK|INJURY
        FINAL_SEVERITY_LEVEL_CODE = 3|4
        dispatched < FIRST_ASSIGNMENT_DATETIME = @2
        departed < FIRST_ACTIVATION_DATETIME = @3
        scene < FIRST_ON_SCENE_DATETIME = @9
        FIRST_TO_HOSP_DATETIME = @30
        closed < INCIDENT_CLOSE_DATETIME = @80
        place < BOROUGH = BRONX|QUEENS
        ZIPCODE = 10451|33101
    """,
    "police, Cincinnati": """
        order < EVENT_NUMBER = CPD#
        created < CREATE_TIME_INCIDENT = @0
        dispatched < DISPATCH_TIME_PRIMARY_UNIT = @4
        scene < ARRIVAL_TIME_PRIMARY_UNIT = @11
        closed < CLOSED_TIME_INCIDENT = @50
        category < INCIDENT_TYPE_DESC = ALARM|THEFT
        place < BEAT = 1|2
    """,
    "police, New Orleans": """
        order < NOPD_Item = A#
        category < Type = 21|94
        created < TimeCreate = @0
        dispatched < TimeDispatch = @4
        scene < TimeArrive = @11
        closed < TimeClosed = @50
        place < PoliceDistrict = 1|2
    """,
    "fire brigade": """
        order < Incident Number = F#
        created < Alarm Date Time = @0
        scene < Arrival Date Time = @7
        resolved < Last Unit Cleared Date Time = @60
        category < Incident Type = 311|551
        shift_date = @-300d
    """,
    "a program's own names": """
        order < incidentId = i#
        category < incidentType = leak|power
        created < reportedAt = @0
        resolved < resolvedAt = @300?
        place < siteName = north|south
        purchaseDate = @-90000d
        warrantyEndDate = @90000d
    """,
    "times and days": """
        order < complaint_id = c#
        category < problem_type = leak|power
        watch_date = @-900d
        complaint_date = @0d
        created < received_timestamp = @0
        closed < closed_timestamp = @300?
        closed_date = @300d?
    """,
    "date and clock apart": """
        order < Expediente = E#
        date < Fecha = @0d
        created < Hora = @0t
        category < Tipo = Ruido|Agua
        scene < Hora llegada = @12t
    """,
}


@pytest.mark.parametrize("program", EXPORTS)
def test_an_export_is_recognised_by_its_names(tmp_path, program):
    columns, expected = columns_of(EXPORTS[program])
    proposal = propose(open_source(export(tmp_path, columns)))
    given = proposal.mapping.columns.given()
    assert given == expected
    log = read_orders(tmp_path / "export.csv", proposal.mapping)
    assert len(log.frame) == ROWS and log.set_aside.empty
    # A third has no time of closing, in exports that have empty ones; a state says the same.
    some_open = any(
        columns[expected[f]].endswith("?") for f in ("closed", "resolved") if f in expected
    )
    some_open |= "closed" not in expected and "resolved" not in expected and "status" in expected
    ends = {"closed", "resolved", "status"} & set(expected)
    assert (log.frame["status"] == "open").sum() == (
        ROWS // 3 if some_open else 0 if ends else ROWS
    )
    assert describe(log).endless == (not ends)
    # Every column is read, or is named with the reason.
    assert {left.column for left in proposal.left} == set(columns) - set(given.values())


@pytest.mark.skipif(not CASES.is_dir(), reason="the cases are not there")
def test_handed_exports_are_recognised_as_their_readme_says():
    def read(name):
        source = open_source(CASES / name)
        mapping = propose(source).mapping
        return mapping.columns.given(), read_orders(source, mapping)

    columns, log = read("dispatch_stages.csv")
    assert (columns["created"], columns["order"]) == ("received_timestamp", "call_number")
    assert columns["category"] == "call_type"
    stages = ["accepted", "dispatched", "departed", "scene", "resolved"]
    after = [(log.frame[name] - log.frame["created"]) / pd.Timedelta(minutes=1) for name in stages]
    assert [set(minutes) for minutes in after] == [{1}, {2}, {4}, {9}, {45}]

    columns, log = read("date_column.csv")
    assert columns["created"] == "日期" and len(log.frame) == 12

    columns, log = read("no_closing.csv")
    assert columns["created"] == "留言时间" and columns["category"] == "一级分类"
    said = " ".join(warnings(describe(log)))
    assert "nothing that was read says when an order ends" in said


# ------------------------------------------------------------------ what is left out, and why


def proposed(tmp_path, columns):
    proposal = propose(open_source(export(tmp_path, columns)))
    why = {left.column: left.why for left in proposal.left}
    return proposal, why, " ".join(left_out(proposal))


PLAIN = {"case id": "K#", "created": "@0"}


def test_the_end_of_an_order_is_found_by_the_times_after_its_creation(tmp_path):
    proposal, _, said = proposed(tmp_path, PLAIN | {"t2": "@300?"})
    assert proposal.mapping.columns.closed == "t2" and proposal.guessed == ("closed",)
    assert "“t2” was taken for time of closing by what is in it" in said


def test_of_two_such_columns_the_state_tells_which(tmp_path):
    columns = PLAIN | {"t1": "@20", "t2": "@300?", "status": "Closed|Closed|Open"}
    proposal, why, said = proposed(tmp_path, columns)
    assert proposal.mapping.columns.closed == "t2"
    assert why == {"t1": "time"}
    assert "“t1” is not read, and has times: 100% filled, of these 100% after creation" in said
    # Without a state nobody knows which of them ends an order.
    proposal, why, _ = proposed(tmp_path, PLAIN | {"t1": "@20", "t2": "@300?"})
    assert proposal.mapping.columns.closed is None and why == {"t1": "time", "t2": "time"}


def test_times_of_something_else_are_never_taken_and_named(tmp_path):
    columns = PLAIN | {"last_updated": "@300", "Date of Purchase": "@-9000d", "imported": "@-50"}
    proposal, why, said = proposed(tmp_path, columns)
    assert proposal.mapping.columns.given() == {"created": "created", "order": "case id"}
    assert why == {
        "last_updated": "change",
        "Date of Purchase": "other time",
        "imported": "change",
    }
    assert "“last_updated” is not read: times of the last change" in said


def test_an_end_before_the_creation_is_no_end(tmp_path):
    proposal, why, said = proposed(tmp_path, PLAIN | {"closed": "@-300", "t2": "@-20"})
    assert proposal.mapping.columns.closed is None
    assert why == {"closed": "before", "t2": "before"} and "100% of its times are before" in said


@pytest.mark.parametrize("name", ["State", "status", "stage"])
def test_a_state_of_a_country_is_no_state_of_an_order(tmp_path, name):
    cells = "NY|NJ|CT|PA|MA" if name == "State" else "#"
    proposal, why, said = proposed(tmp_path, PLAIN | {"closed": "@300?", name: cells})
    assert proposal.mapping.columns.status is None
    if name == "State":
        assert why[name] == "states" and "don't say whether an order is open or closed" in said


def test_states_are_found_by_their_words_whatever_they_are_called(tmp_path):
    columns = PLAIN | {"flag": "Closed|Closed|In Progress"}
    proposal, _, _ = proposed(tmp_path, columns)
    assert proposal.mapping.columns.status == "flag" and proposal.guessed == ("status",)


@pytest.mark.parametrize(
    ("name", "cells"),
    [("是否办结", "是|是|否"), ("is_closed", "true|true|false"), ("open?", "N|N|Y")],
)
def test_a_state_may_be_a_question_with_yes_and_no(tmp_path, name, cells):
    proposal, _, _ = proposed(tmp_path, PLAIN | {name: cells})
    log = read_orders(tmp_path / "export.csv", proposal.mapping)
    assert log.frame["status"].tolist() == ["closed", "closed", "open"] * (ROWS // 3)


def test_codes_of_satisfaction_that_nobody_understands_are_left_out_with_a_word(tmp_path):
    _, why, said = proposed(tmp_path, PLAIN | {"满意度": "1|2|3"})
    assert why == {"满意度": "answers"} and "“satisfied_from:”" in said


def test_personal_columns_are_not_opened_in_any_language(tmp_path):
    names = (
        "来电人姓名|联系电话|诉求内容|坐席|customer name|Caller|assignee|Opened by|Summary|Notes|"
        "Nombre|Dirección|Beschreibung|이름|연락처|氏名|住所|รายละเอียด|ที่อยู่|Date of Birth"
    )
    _, why, said = proposed(tmp_path, PLAIN | dict.fromkeys(names.split("|"), "someone"))
    assert set(why.values()) == {"person"} and "not even opened" in said
    kinds = ["contact type", "联系时间", "工单号码", "caller category", "service_description type"]
    _, why, _ = proposed(tmp_path, PLAIN | dict.fromkeys(kinds, "a|b"))
    assert "person" not in why.values()


def test_no_time_of_creation_is_told_with_the_times_that_there_are(tmp_path):
    columns = {"Ticket ID": "#", "Date of Purchase": "@-9000d", "First Response Time": "@20?"}
    columns |= {"Time to Resolution": "@300?", "Ticket Status": "Closed|Open"}
    with pytest.raises(InputError) as found:
        propose(open_source(export(tmp_path, columns)))
    said = found.value.problems[0].message
    assert "times stand in Date of Purchase, First Response Time, Time to Resolution" in said


def test_the_day_of_a_shift_is_no_creation_but_a_lone_day_is(tmp_path):
    columns = {
        "id": "#",
        "watch_date": "@-600d",
        "call_date": "@0d",
        "entry": "@1",
        "cleared": "@9",
    }
    proposal, _, _ = proposed(tmp_path, columns)
    assert proposal.mapping.columns.created == "entry"
    proposal, _, _ = proposed(tmp_path, {"id": "#", "watch_date": "@0d", "call_date": "@0d"})
    assert proposal.mapping.columns.created == "call_date"


def test_clocks_beside_moments_are_not_read_and_cost_no_row(tmp_path):
    columns = PLAIN | {"closed_date": "@300d", "arrival_time": "@30t"}
    proposal, why, said = proposed(tmp_path, columns)
    assert proposal.mapping.columns.closed == "closed_date"
    assert why == {"arrival_time": "clock"} and "times of day without a date" in said
    assert len(read_orders(tmp_path / "export.csv", proposal.mapping).frame) == ROWS


def test_the_mapping_file_says_what_is_left_out(tmp_path):
    proposal, _, _ = proposed(tmp_path, PLAIN | {"t1": "@20", "t2": "@300", "氏名": "A"})
    text = to_yaml(proposal, "export.csv")
    assert "# Not read: t1, t2, 氏名" in text
