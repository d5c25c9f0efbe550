"""Names of columns by field, and their parts, in the languages of the exports that offices have.

Tables only; `govsim.orders.recognising` goes by them.
"""

from __future__ import annotations

NAMES: dict[str, tuple[str, ...]] = {
    "order": (
        *("案件号", "案件编号", "工单编号", "工单号", "任务号", "受理编号", "事件编号", "编号"),
        *("单据编号", "单据号", "事项编号", "事项id", "vorgang", "notification", "#"),
        *("工单id", "案件id", "台账编号", "ledger id", "order", "order id", "case id"),
        *("case number", "case enquiry id", "unique key", "service request id"),
        *("service request number", "sr number", "ticket", "issue key", "key", "number", "id"),
    ),
    "created": (
        *("上报时间", "创建时间", "来电时间", "反映时间", "登记时间", "诉求时间", "投诉时间"),
        *("工单创建时间", "发生时间", "created", "created date", "created at", "open dt"),
        *("opened", "open date", "opened date", "opened at", "requested datetime", "reported"),
        *("report time", "toc"),
    ),
    "accepted": ("立案时间", "受理时间", "接单时间", "accepted", "accepted at", "acknowledged"),
    "dispatched": (
        *("派遣时间", "派单时间", "派发时间", "交办时间", "转派时间", "分派时间", "下派时间"),
        *("dispatched", "dispatch time", "assigned date", "assigned at", "ord"),
    ),
    "departed": ("出发时间", "出动时间", "departed", "en route", "mobile", "mob"),
    "scene": ("到场时间", "到达时间", "到达现场时间", "on scene", "scene", "arrived", "ia"),
    "resolved": (
        *("处置结束时间", "处置完成时间", "处置时间", "办理完成时间", "处理完成时间", "完成时间"),
        *(
            "解决时间",
            "反馈时间",
            "resolved",
            "resolved date",
            "completed",
            "completed date",
            "mav",
        ),
    ),
    "replied": ("回复时间", "答复时间", "回访时间", "replied", "reply time", "answered"),
    "closed": (
        *("结案时间", "办结时间", "归档时间", "关闭时间", "closed", "closed date", "closed dt"),
        *("closed at", "close date", "cd"),
    ),
    "due": (
        *("处置截止时间", "截止时间", "办理时限", "处置时限", "要求完成时间", "应办结时间"),
        *("到期时间", "due", "due date", "target dt", "target date", "sla due date"),
        *("expected datetime",),
    ),
    "channel": (
        *("问题来源", "案件来源", "来源", "诉求来源", "工单来源", "受理渠道", "来电渠道", "渠道"),
        *("channel", "open data channel type", "source", "origin", "method received"),
    ),
    "category": (
        *("大类名称", "案件大类", "问题大类", "大类", "一级分类", "一级类别", "诉求大类"),
        *("诉求类别", "案件类型", "问题类型", "诉求类型", "类别", "小类名称", "category"),
        *("complaint type", "reason", "type", "case type", "service name"),
    ),
    "place": (
        *("网格", "网格编号", "所属网格", "社区", "社区名称", "所属社区", "街道", "街道名称"),
        *("所属街道", "镇街", "区域", "grid", "community", "street", "neighborhood"),
        *("neighbourhood", "district", "borough", "ward", "station name"),
    ),
    "status": (
        *("案件状态", "工单状态", "办理状态", "处理状态", "当前状态", "状态", "当前阶段"),
        *("status", "case status", "state"),
    ),
    "department": (
        *("承办单位", "主办单位", "责任单位", "处置单位", "办理单位", "承办部门", "责任部门"),
        *("department", "agency", "organization"),
    ),
    "parent": (
        *("父案件号", "原工单编号", "关联工单", "关联案件号", "主工单编号", "parent", "parent id"),
    ),
    "demand": ("诉求编号", "demand", "demand id"),
    "repeat": ("是否重复", "重复件", "是否重复件", "是否重复诉求", "repeat", "duplicate"),
    "satisfied": (
        *("是否满意", "满意度", "回访满意度", "满意情况", "评价结果", "回访结果", "满意评价"),
        *("satisfied", "satisfaction", "satisfaction rating"),
    ),
    "place_unknown": ("loc is cityhall default", "place unknown", "是否默认位置"),
    "longitude": ("经度", "longitude", "lon", "lng", "long"),
    "latitude": ("纬度", "latitude", "lat"),
    "date": ("日期", "date"),
}
"""Names of columns by field, the likeliest first; `govsim.orders.words.plain` folds them."""

# ------------------------------------------------------------------ parts

OTHER_TIMES = (
    r"\b(?:purchase|bought|birth|dob|warrant\w*|invoice\w*|paid|payment|manufactur\w*|contract|"
    r"effective|expir\w*|install\w*|licen[cs]e\w*|holiday|appointment|survey\w*|watch|shift|fiscal|"
    r"hired?|permit|sold|sale|delivery|compra|nacimiento|garantia|geburts?\w*|kauf\w*|"
    r"escalat\w*|re ?open\w*|reopen\w*|hold|pause\w*|transport|hospital|hosp)\b|"
    r"购买|购置|出生|生产日期|安装|保修|缴费|施工|合同|有效期|催办|督办|挂账|延期|暂停|评价时间|"
    r"评分时间|"
    r"生年月日|購入|생년월일|구매|วันเกิด|วันที่ซื้อ"
)
"""Times of something else than the order."""

CHANGES = (
    r"\b(?:updat\w*|modif\w*|chang\w*|edit\w*|sync\w*|export\w*|extract\w*|load\w*|import\w*|etl|"
    r"refresh\w*|snapshot|download\w*|last (?:activity|action|touch\w*|seen|view\w*|comment|note)|"
    r"status (?:date|time|timestamp|dt)|action (?:date|time)|viewed|"
    r"dernier statut|actualiz\w*|modificac\w*|atualiz\w*|aggiorna\w*|mise a jour|"
    r"\w*aktualisier\w*|(?:letzte )?\w*anderung\w*|geander\w*|zuletzt)\b|"
    r"更新|修改|变更|最后(?:操作|处理|跟进)|导出|统计|抽取|入库|同步|推送|操作时间|修正|変更|"
    r"수정|변경|갱신|ปรับปรุง|อัปเดต|ล่าสุด"
)
"""Times of a change to the row, whatever it was."""

PARTS: dict[str, tuple[tuple[int, str], ...]] = {
    "due": (
        (
            30,
            r"\b(?:due|target\w*|deadline|sla|expected|promis\w*|limit|breach\w*|commit\w*|"
            r"estimated|"
            r"planned|goal|limite|vencimiento|prevista?|compromiso|plazo|prazo|scadenza|echeance|"
            r"\w*frist|fallig\w*|soll\w*|ziel\w*)\b|"
            r"截止|时限|限时|应办|应结|应完成|要求(?:完成|办结|反馈)|到期|承诺|最晚|期限|限办|"
            r"预计|计划完成|超时时间|超期时间|"
            r"期日|予定|기한|예정|만료|กำหนด",
        ),
    ),
    "closed": (
        (
            30,
            r"\b(?:clos(?:e|ed|ing|ure)\w*|archiv\w*|terminat\w*|conclu\w*|(?:cierre|clausura|"
            r"cerrad\w*|"
            r"finaliz\w*|fechamento|encerramento|chiusura|cloture|fermeture)|\w*abschluss\w*|"
            r"abgeschlossen\w*|\w*schlie(?:ss|ß)\w*|geschlossen\w*|\w*erledig\w*|beendet\w*)\b|"
            r"结案|办结|归档|关闭|关单|结单|完结|办毕|终结|销案|結案|辦結|クローズ|完結|完了日|"
            r"完了年月日|終了|"
            r"종결|완료일|종료|마감일|완료시|ปิด|เสร็จสิ้น|วันที่เสร็จ|ยุติ",
        ),
        (18, r"\b(?:end|ended|finish\w*|done|fin|termino|ende)\b|结束|完成|완료|完了|สิ้นสุด|เสร็จ"),
    ),
    "resolved": (
        (
            28,
            r"\b(?:resolv\w*|resolution|recover\w*|solv\w*|solution|complet\w*|fixed|available|clear(?:ed|"
            r"ance)?|"
            r"in service|resuelt\w*|soluci\w*|risol\w*|resolu\w*|"
            r"\w*losung\w*|gelost\w*|behoben\w*|fertig\w*|conclusao)\b|"
            r"处置结束|处置完|办理完|处理完|完成|解决|整改完|维修完|完工|竣工|销号|对应完|"
            r"対応完了|解決|"
            r"処理完了|対応日|"
            r"처리완료|처리일|해결|조치|แก้ไขเสร็จ|ดำเนินการเสร็จ|แก้ไขแล้ว",
        ),
        (14, r"处置|处理|办理|反馈|対応|処理|처리|ดำเนินการ|\b(?:processed|atencion|actual end)\b"),
    ),
    "replied": (
        (
            24,
            r"\b(?:repl(?:y|ied)\w*|answer\w*|call ?back|notified|informed|respuesta|contestaci\w*|"
            r"resposta|risposta|reponse|\w*antwort\w*|\w*ruckmeld\w*)\b|回复|答复|回访|回告|回覆|"
            r"答覆|"
            r"回答|返信|답변|회신|ตอบ",
        ),
    ),
    "scene": (
        (
            30,
            r"\b(?:on ?scene|at ?scene|scene|arriv\w*|in attendance|on ?site|llegada|chegada|"
            r"arrivo|"
            r"eintreff\w*|ankunft|vor ort)\b|到场|到达|到现场|抵达|現着|到着|도착|ถึงที่เกิดเหตุ|ถึงจุด",
        ),
    ),
    "departed": (
        (
            28,
            r"\b(?:en ?route|enrt|depart\w*|mobili[sz]\w*|turnout|activation|rolling|salida|"
            r"partenza|"
            r"\w*ausruck\w*|abfahrt)\b|出发|出动|出警时间|启程|出場|出動|出発|출발|출동|ออกเดินทาง",
        ),
        (20, r"\brespon(?:se|ding|ded)\b"),
    ),
    "dispatched": (
        (
            28,
            r"\b(?:d[ie]spatch\w*|assign\w*|forward\w*|referr\w*|routed|transfer\w*|allocat\w*|"
            r"handed|"
            r"asigna\w*|derivaci\w*|despacho|encaminha\w*|zuweis\w*|\w*zugewiesen\w*|weiterleit\w*|"
            r"beauftrag\w*|alarmier\w*)\b|派遣|派单|派发|派出|交办|转派|分派|分拨|移交|转交|下派|"
            r"转办|派件|调度|"
            r"指派|"
            r"分办|批转|派工|"
            r"割当|指示|依頼|배정|이송|지정|배부|มอบหมาย|ส่งต่อ|จ่ายงาน",
        ),
    ),
    "accepted": (
        (
            26,
            r"\b(?:accept\w*|acknowledg\w*|triag\w*|(?:first|initial) (?:respon\w*|repl\w*|"
            r"contact)|"
            r"confirm\w*|queued|taken|picked up|claimed|aceptaci\w*|admisi\w*|aceite|annahme\w*|"
            r"angenommen\w*|bestatig\w*)\b|立案|受理|接单|签收|接收|接件|首次响应|响应时间|"
            r"首次联系|先行联系|"
            r"联系时间|確認日|승인|รับงาน",
        ),
        (16, r"\b(?:entry|entered|in ?progress|started)\b|접수|รับเรื่อง"),
    ),
    "created": (
        (
            30,
            r"\b(?:creat\w*|opened|open|received|request(?:ed)?|reported|report|submi\w*|lodged|"
            r"raised|"
            r"filed|creaci\w*|apertura|alta|recepci\w*|ingreso|criacao|abertura|creazione|creation|"
            r"ouverture|\w*erstell\w*|\w*eroffn\w*|\w*eingang\w*|\w*gemeldet\w*|meldedatum|"
            r"meldezeit\w*|\w*melde ?zeit\w*|\w*angelegt\w*)\b|"
            r"上报|创建|來電|来电|来访|来信|反映|诉求|投诉|举报|发起|提交|提出|留言|咨询|报案|"
            r"报警|接警|接报|接诉|接电|"
            r"呼入|报修|申报|建单|制单|建立|登记|求助|受付|起票|作成|申請|通報|投稿|受信|접수|신청|신고|"
            r"민원일|등록일시|생성|"
            r"รับแจ้ง|วันที่แจ้ง|เวลาแจ้ง|แจ้งเหตุ|ร้องเรียน|ร้องทุกข์|สร้าง",
        ),
        (
            22,
            r"\b(?:log(?:ged)?|enter(?:ed)?|entry|regist\w*|call|calls|alarm|initiat\w*|intake|"
            r"incoming|"
            r"posted|solicitud|denuncia|reporte|registro|entrada|inicio|aufnahme\w*|\w*erfass\w*|"
            r"anruf\w*|inserimento)\b|录入|收件|来件|生成|登録|発生|등록|요청|รับเรื่อง|วันที่รับ",
        ),
        (
            14,
            r"\b(?:incident|case|ticket|sr|event|issue|complaint|start(?:ed)?|begin|occurr?\w*)\b|"
            r"发生|事发|"
            r"^(?:timestamp|date ?time|date|time|fecha(?: y)?(?: hora)?|datum|zeit|data|hora|时间|"
            r"日期|日期时间|"
            r"日時|年月日|일시|일자|날짜|วันที่|เวลา|วันเวลา)$",
        ),
    ),
    "order": (
        (
            30,
            r"\b(?:(?:ticket|incident|inc|complaint|case|request|sr|issue|call|event|work ?order|"
            r"wo|job|"
            r"reference|cad|enquiry|inquiry|report|service|order|alert|tracking|conf\w*|unique|"
            r"record|"
            r"problem|cfs|run|response|task|ref) ?(?:id|no|nr|num\w*|key|ref\w*|#|uid|guid)|"
            r"reference|folio|expediente|radicado|(?:id )?unique(?: id)?|aktenzeichen|"
            r"\w*(?:vorgangs|meldungs|ticket|auftrags|"
            r"fall)\w*(?:nummer|nr|id)|"
            r"(?:numero|num|no|n|id|codigo|clave) (?:de )?(?:la |el )?(?:solicitud|caso|ticket|"
            r"expediente|"
            r"incidencia|aviso|peticion|reporte|queja|folio|orden|chamado|protocolo|demande)|"
            r"protocolo)\b|"
            r"(?:案件|工单|任务|受理|事件|诉求件|投诉|登记|留言|信访|流水|台账|报修|交办|派单|"
            r"案卷|警情|接警单?|来电|"
            r"业务|服务请求|服务单|工作单|事项|咨询|举报|订单|热线|问题|记录)(?:编号|单号|编码|"
            r"序号|号码|号|id|代码)|"
            r"工单码|流水号|信件编号|(?:접수|민원|관리|신청|신고|사건|일련|문서)\s?번호|"
            r"(?:受付|管理|整理|案件|チケット|問合せ|通報|申請|事案|依頼)(?:番号|no|id)|"
            r"(?:รหัส|เลขที่|หมายเลข)(?:เรื่อง|คำร้อง|เคส|แจ้ง|งาน|ticket|รับ|ร้อง)?",
        ),
        (
            12,
            r"^(?:编号|单号|id|no|nr|numero|number|번호|番号|objectid|uuid|guid|uid|序列号)$|\bitem$",
        ),
    ),
    "parent": (
        (
            34,
            r"\b(?:parent|duplicate of|duplicates? (?:id|key|parent)|merged (?:into|to)|master|"
            r"original (?:case|ticket|request|sr|id)|linked|related (?:case|ticket|to))\b|"
            r"父(?:工单|案件|单|级)|原(?:工单|案件|单)|关联(?:工单|案件|单|编号|件)|主(?:工单|"
            r"案件)|重复于|前次工单|"
            r"上次工单",
        ),
    ),
    "channel": (
        (
            30,
            r"\b(?:channel\w*|origin|(?:contact|intake) type|(?:contact|call|intake|submission|"
            r"report\w*|"
            r"request\w*|entry) (?:method|mode|source|channel|via)|"
            r"(?:received|submitted|reported|created) (?:via|by method|"
            r"from)|(?:method|mode|medium|how) (?:of )?(?:received|receipt|contact|intake|submi\w*|"
            r"report\w*|\w+)|canal|origen|procedencia|(?:via|medio) (?:de )?\w+|medio|canale|"
            r"origine|"
            r"provenance|\w*kanal|eingangsweg|meldeweg|herkunft)\b|渠道|途径|来源|"
            r"(?:受理|来电|诉求|反映|上报|登记|提交|报修|来件|投诉|接入)方式|접수(?:경로|방법|"
            r"채널|매체)|신청경로|채널|"
            r"受付(?:方法|手段|経路|媒体)|経路|チャネル|通報手段|ช่องทาง",
        ),
        (14, r"\b(?:sources?|via|quelle)\b|方式|경로"),
    ),
    "category": (
        (
            34,
            r"一级|1级|大类|大分類|대분류",
        ),
        (
            30,
            r"\b(?:(?:request|incident|problem|complaint|issue|call|case|ticket|service|sr|event|"
            r"work|"
            r"job|enquiry|inquiry|report|nature|cfs|initial call|concern|crm|final call) ?(?:type|"
            r"categor\w*|class\w*|"
            r"kind|reason|nature|group|desc\w*|description|topic|name)|category|categoria|"
            r"categorie|"
            r"kategorie|tipo(?: de)? \w+|asunto|materia|tema|motivo|thema|anliegen\w*|"
            r"\w*meldungsart|"
            r"rubrik|vorgangsart|auftragsart)\b|"
            r"(?:诉求|案件|问题|投诉|事件|事项|业务|报修|警情|信访|留言|咨询|内容|反映|服务|举报|"
            r"热点)(?:分类|类别|类型|"
            r"种类|主题|领域)|(?:민원|신고|사건|처리|요청|접수)\s?(?:유형|분류|분야|종류|구분|"
            r"종별)|"
            r"(?:問合せ|問い合わせ|通報|相談|事案|要望|案件|依頼|申請)(?:種別|分類|区分|種類|項目|"
            r"内容区分)|"
            r"ประเภท(?:ปัญหา|เรื่อง|งาน|คำร้อง|เหตุ)?|หมวด",
        ),
        (
            22,
            r"^(?:type|issue|problem|complaint|topic|reason|nature|class|classification|tipo|art|"
            r"typ|"
            r"subject|service|kategorie)$|^(?:分类|类别|类型|유형|분류|분야|種別|分類|カテゴリー?|"
            r"区分|種類)$|"
            r"\b(?:type|categor\w*|topic|reason|classification)$|类型$|类别$|分类$|유형$|종류$|"
            r"種別$|区分$",
        ),
        (
            18,
            r"二级|2级|小类|中类|sub ?(?:category|type|class)|中分類|중분류|工单类型|工单性质|"
            r"工单类别",
        ),
        (12, r"三级|3级|四级|细类|小分類|소분류|细项"),
    ),
    "place": (
        (
            26,
            r"网格|社区|村居|街道|乡镇|镇街|街镇|片区|属地|辖区|小区|행정동|법정동|읍면동|동명|"
            r"町名|町丁|校区|แขวง|ชุมชน|"
            r"\b(?:neighbou?rhoods?\w*|barrio|stadtteil|ortsteil|colonia|quartier|bairro|"
            r"quartiere|site|"
            r"community|station|beat|grid|precinct|ward)\b",
        ),
        (
            20,
            r"区域|所属区|行政区|所在区|区县|地区|事发区|自治区|자치구|구명|시군구|지역|区名|"
            r"地域|เขต|ตำบล|อำเภอ|"
            r"\b(?:district|borough|distrito|municipio|zona|comuna|localidad|delegacion|bezirk|"
            r"gemeinde|"
            r"arrondissement|municipality|area|zone|sector|location|building|branch|region|campus|"
            r"suburb|"
            r"council district|parish|township|town|county)\b",
        ),
        (12, r"\b(?:city|zip ?code|zip|post ?code|plz|provincia|province|ort)\b|城市|จังหวัด"),
    ),
    "status": (
        (
            30,
            r"\b(?:\w*status|estatus|estado|etapa|situacao|stato|statut|etat|zustand|"
            r"bearbeitungsstand)\b|"
            r"状态|狀態|办理情况|办结情况|是否办结|是否结案|是否完成|上态|상태|진행상황|처리결과|"
            r"状況|ステータス|状態|進捗|"
            r"สถานะ",
        ),
        (
            16,
            r"\b(?:state|stage|phase|fase|disposition|is (?:closed|open|resolved|completed?))\b|"
            r"阶段|环节|办理进度|进展",
        ),
    ),
    "department": (
        (
            26,
            r"\b(?:departments?|dept|agency|division|assign(?:ed|ment) (?:group|team|dept|"
            r"department|to "
            r"(?:group|team))|queue|organi[sz]ation|responsible \w+|agency responsible|"
            r"departamento|"
            r"organismo|unidad|dependencia|\w*amt|abteilung|dienststelle|zustandig\w*|team|unit|"
            r"^group)\b|"
            r"承办|主办单位|受理单位|责任单位|责任部门|处置(?:单位|部门)|办理(?:单位|部门)|"
            r"权属单位|部门|"
            r"委办局|处理单位|派往单位|"
            r"(?:담당|처리|소관)\s?(?:부서|기관)|부서|担当(?:課|部署|部)|所管|部署|หน่วยงาน",
        ),
    ),
    "repeat": (
        (
            28,
            r"\b(?:is (?:a )?(?:duplicate|repeat)|duplicated?|repeat(?:ed)?|recurr\w*|"
            r"duplicad[oa])\b|"
            r"是否重复|重复(?:件|诉求|标识|标志|工单)|是否.{0,2}重复|중복|重複",
        ),
    ),
    "satisfied": (
        (
            30,
            r"\b(?:\w*satisf\w*|csat|nps|\w*zufrieden\w*)\b|满意|滿意|만족|満足|พึงพอใจ|ความพอใจ",
        ),
        (
            20,
            r"\b(?:rating|stars?|feedback score|survey score|customer rating|score|bewertung|"
            r"valoraci\w*|"
            r"calificaci\w*|puntuaci\w*|evaluation|nota)\b|评价(?:结果|等级|星级|得分)?$|评分|"
            r"评星|星级|回访(?:结果|"
            r"情况)|평점|별점|평가|評価|คะแนน|ดาว",
        ),
    ),
    "longitude": (
        (
            28,
            r"\b(?:longitude|longitud|lon|lng|gps x|x coord\w* lon|langengrad|geo lon\w*)\b|经度|"
            r"東経|"
            r"経度|경도|ลองจิจูด",
        ),
    ),
    "latitude": (
        (
            28,
            r"\b(?:latitude|latitud|lat|gps y|breitengrad|geo lat\w*)\b|纬度|緯度|위도|ละติจูด",
        ),
    ),
    "date": ((10, r"^(?:fecha|datum|data|date|day|날짜|일자|年月日|วันที่|日期)$"),),
}
"""Parts of names by field: how sure a part makes (of 100), and the part."""

NOT: dict[str, str] = {
    "order": (
        r"parent|duplicate|customer|client|agent|user|employee|staff|asset|account|address|parcel|"
        r"location|object ?id|station id|unit id|phone|facility|zip|ward|district|grid|network|"
        r"team|"
        r"department|agency|dept|type|category|status|channel|service code|"
        r"电话|手机|身份|联系|坐席|人员|工号|网格|社区|父|原工单|关联|设备|分类|类型|单位|주민|"
        r"전화|電話"
    ),
    "category": (
        r"priority|severity|urgency|location|address|channel|contact|source|customer|user|vehicle|"
        r"facility|property|status|满意|回访|渠道|来源|联系|人员|优先|紧急|位置|地址|性别|用户|"
        r"客户|身份|证件|"
        r"处置|处理|办理|结案|办结|住所|年齢|성별|agency|department|device|sla|payment|unit|"
        r"project|data"
    ),
    "place": (
        r"id$|code$|邮编|编码|address|street name|coordinates|type|resid|电话|人员|长$|"
        r"类"
    ),
    "status": r"date|time|marital|employment|payment|notes?|updat|priority|account|时间|日期|婚",
    "channel": r"code$|时间|日期|date|system|ip\b|url|数据来源",
    "satisfied": (
        r"priority|severity|risk|credit|原因|理由|reason|comment|时间|date|count|次数|complexity"
    ),
    "department": r"电话|人员|时间|number|phone|head|manager|unit (?:no|id|price)",
    "repeat": r"次数|count|of\b|time|date|时间",
}
"""What a name must not say to be of a field."""
