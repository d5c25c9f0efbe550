"""What inputs are called, for readers who have never seen a scenario file.

`INPUTS` names each input of the schema in both languages, by its path there (``*`` for a name that a
planner chooses); a test holds it against the schema. Read by `govsim.report.inputs`.
"""

from __future__ import annotations

from govsim.measures.catalogue import Text

# ruff: noqa: E501 - a table is read by its rows
_NAMES = """
label | scenario's name | 方案名称
question | question that it answers | 所回答的问题
start | first day | 起始日期
horizon | length of a replication | 模拟时长
warm_up | warm-up that is not measured | 预热期
replications | replications | 重复次数
seed | seed | 随机种子
confidence | confidence of intervals | 区间的置信度
tick | finest step of time | 最小时间单位
territory.name | name of the place | 区域名称
territory.outline.square | side of the square outline | 方形轮廓边长
territory.outline | outline | 区域轮廓
territory.communities.table | table of communities | 社区表
territory.communities | communities | 社区
territory.grids.count | number of grids | 网格数
territory.grids.layout | how grids are laid out | 网格布局
territory.grids.table | table of grids | 网格表
territory.residents | residents | 居民人数
territory.household_size | residents a household | 户均人数
territory.estates | share of grids by kind of estate | 各类小区的网格占比
territory.workstations.count | number of grid workstations | 网格工作站数
territory.workstations.table | table of grid workstations | 网格工作站表
territory.offices | an office in each community | 各社区设办公点
territory.point_stations.enabled | point stations are in use | 启用点站
territory.point_stations.count | number of point stations | 点站数
territory.point_stations.table | table of point stations | 点站表
territory.point_stations.estates | estates that get point stations | 设点站的小区类型
territory.point_stations.reach | reach of a point station | 点站服务半径
territory.point_stations.grids_each | grids of a point station, at most | 每个点站最多服务的网格数
territory.rosters.table | table of rosters | 排班表
territory.note | note on the place | 区域说明
territory.seed | seed of the layout | 布局的随机种子
calendar.holidays | holidays | 节假日
calendar.extra_holidays | further holidays | 另加的节假日
calendar.extra_workdays | further working days | 另加的工作日
calendar.working_hours | working hours | 工作时间
calendar.shifts | shift | 班次
demand.level | factor on all demand | 总需求系数
demand.categories.*.label | name | 名称
demand.categories.*.rate | problems that arise | 问题发生率
demand.categories.*.group | working group | 工作组
demand.categories.*.priority | class in queues (0 first) | 优先级（0最先）
demand.categories.*.incident | exists whether reported or not | 不报也存在的占比
demand.categories.*.visible | visible on patrol | 巡查可见占比
demand.categories.*.report_lag | until it is reported | 发生到上报的时间
demand.categories.*.answered | answered at intake | 受理时即答占比
demand.categories.*.complex | complex share | 复杂问题占比
demand.categories.*.work | work on a simple case | 简单问题处置时长
demand.categories.*.make_safe | making a complex case safe | 复杂问题先期处置时长
demand.categories.*.department | department | 职能部门
demand.categories.*.department_time | time of the department | 部门办理时长
demand.categories.*.joint_meeting | share for the joint meeting | 需上联席会议占比
demand.categories.*.solve | own limit to solve | 单列的解决时限
demand.categories.*.patience | residents' patience | 居民耐心
demand.categories.*.escalation | calls 12345 if unsatisfied | 不满意后打12345的概率
demand.categories.*.repeat | reports again if unresolved | 未解决时重复上报的概率
demand.categories.*.hours | spread over the day | 一天内的分布
demand.hours | demand over the day | 诉求在一天内的分布
demand.weekdays | demand over the week | 诉求在一周内的分布
demand.months | demand over the year | 诉求在一年内的分布
demand.spring_festival | demand at Spring Festival | 春节期间需求系数
demand.holidays | demand on other holidays | 其他节假日需求系数
demand.trend | change of demand a year | 需求年变化
demand.dispersion.enabled | days differ beyond chance | 计入日间额外波动
demand.dispersion.k | how alike days are (k) | 日间波动参数k
demand.dispersion.area | area that shares a day's luck | 共同波动的范围
demand.induced.enabled | reports depend on the service | 上报量随服务水平变化
demand.induced.elasticity | elasticity of reports | 上报弹性
demand.induced.resolution_rate | resolution rate that residents know of | 居民所知的解决率
demand.induced.reference | resolution rate at which demand is given | 基准解决率
demand.surges.*.label | name | 名称
demand.surges.*.begins | begins | 开始
demand.surges.*.lasts | lasts | 持续
demand.surges.*.factor | factor | 系数
demand.surges.*.categories | categories | 涉及类别
demand.surges.*.streets | streets | 涉及街道
channels.*.label | name | 名称
channels.*.with_station | share of first reports, with a point station | 首选占比（有点站）
channels.*.without_station | share of first reports, without one | 首选占比（无点站）
channels.*.via | taken in by | 受理方
channels.*.hours | open | 开放时段
channels.*.days | open days | 开放日
channels.*.if_closed | when closed | 关闭时
channels.*.handling | time of an intake | 受理用时
channels.*.dispatch | when a crew is asked for | 派单时机
channels.*.handing_over | until a report is handed over | 受理到转派
channels.*.answers | can answer at once | 可当场答复
residents.patience.enabled | patience is limited | 居民耐心有限
residents.patience.time | patience | 耐心时长
residents.patience.stretch_scene | patience after arrival, times | 到场后耐心倍数
residents.patience.stretch_reply | patience after a reply, times | 回复后耐心倍数
residents.patience.ends_at_scene | arrival ends impatience | 到场后不再失去耐心
residents.patience.broken_promise | a broken promise costs trust | 失信后失去信任的概率
residents.patience.left_after_broken | patience left without trust | 失去信任后剩余耐心
residents.patience.calls | calls 12345 when patience ends | 失去耐心后打12345的概率
residents.patience.withdraws | withdraws when patience ends | 失去耐心后撤回
residents.escalation | calls 12345 if unsatisfied | 不满意后打12345的概率
residents.escalates_after | until that call | 不满意到打12345的时间
residents.satisfaction.answered | satisfied when answered at once | 即答的满意率
residents.satisfaction.simple | satisfied, simple and in time | 简单问题按期解决的满意率
residents.satisfaction.complex | satisfied, complex and in time | 复杂问题按期解决的满意率
residents.satisfaction.turned_away | satisfied when turned away | 未受理的满意率
residents.satisfaction.expected_simple | expected time, simple | 简单问题的期望时限
residents.satisfaction.expected_complex | expected time, complex | 复杂问题的期望时限
residents.satisfaction.lost_per_day | satisfaction lost a day late | 每晚一天满意率下降
residents.satisfaction.least | least satisfaction | 满意率下限
residents.repeats.enabled | problems are reported again | 计入重复上报
residents.repeats.share | reports again if unresolved | 未解决时重复上报的概率
residents.repeats.after | time between reports | 重复上报的间隔
residents.repeats.most | repeated reports, at most | 重复上报次数上限
desk.enabled | desks take time | 前台占用时间
desk.rosters | people at the desk | 前台人数
desk.reply | time of a reply | 回复用时
desk.interim_reply | time of an interim reply | 阶段性回复用时
desk.written_reply | time of a written reply | 书面回复用时
desk.cost | cost of a person at the desk | 前台人员成本
groups.*.label | name | 名称
groups.*.teams | teams, in order | 队伍（按先后）
groups.*.crew | people a job takes | 每次出动人数
groups.*.handover | handed over to another group | 转交其他组的占比
teams.*.label | name | 名称
teams.*.at | stationed at | 驻点
teams.*.roster | on duty | 在岗人数
teams.*.roster_at | on duty at | 在岗人数
teams.*.free_for_calls | free for demands | 可出动占比
teams.*.free_in_shift | free for demands on shift | 可出动占比
teams.*.free_cycle | other work and free time in turn, every | 其他工作与可出动时段的轮换周期
teams.*.mode | on the way by | 出行方式
teams.*.training | speed of work | 工作速度
teams.*.speed | speed of work on | 工作速度
teams.*.end_of_shift | at the end of a shift | 下班时手头工作
teams.*.waiting_room | jobs that may wait | 排队上限
teams.*.cost | cost of a member | 人员成本
travel.enabled | ways take time | 计入路程时间
travel.metric | how distance is measured | 距离算法
travel.detour | detour factor | 绕行系数
travel.speeds | speed | 速度
travel.turn_out | from dispatch to leaving | 派单到出发
travel.access | from the kerb to the scene | 到楼下后进入现场
travel.variation | variation of the way's time | 路程时间的波动
departments.*.label | name | 名称
departments.*.crews | cases at once | 同时办理件数
departments.*.hours | working hours | 工作时间
departments.*.days | working days | 工作日
joint_meeting.enabled | joint meetings are held | 召开联席会议
joint_meeting.days | days of the joint meeting | 联席会议日
joint_meeting.at | hour of the joint meeting | 联席会议时间
joint_meeting.cases | cases a joint meeting decides | 每次议决件数
joint_meeting.level | area of a joint meeting | 联席会议层级
helpers.enabled | helpers join | 启用帮办员
helpers.pool | helpers on call in a street | 每街道待命帮办员
helpers.hours | helpers' hours | 帮办员待命时段
helpers.threshold | jobs waiting when a helper is called | 呼叫帮办员的排队数
helpers.arrives_after | until a helper comes | 帮办员到位时间
helpers.cost | cost of a helper | 帮办员成本
patrol.enabled | patrols are made | 开展巡查
patrol.team | team that patrols | 巡查队伍
patrol.rounds | hours of the rounds | 巡查时段
patrol.days | days with rounds | 巡查日
patrol.per_grid | a round of one grid | 每网格巡查用时
patrol.found_visible | a round finds what is visible | 巡查发现可见问题的概率
patrol.found_hidden | a round finds what is hidden | 巡查发现隐蔽问题的概率
patrol.home_visits.enabled | home visits are made | 开展入户走访
patrol.home_visits.per_household | home visits a household | 每户走访次数
patrol.home_visits.found | a home visit finds a problem | 走访发现问题的概率
patrol.home_visits.time | time of a home visit | 每次走访用时
patrol.home_visits.hours | hours of home visits | 走访时段
centre.enabled | residents can call 12345 | 可拨打12345
centre.roster | call-takers at 12345 | 12345话务员
centre.call | time of a call | 通话时长
centre.answered | answered on the call | 通话时即答占比
centre.dispatch_delay | from the call to the order | 来电到派单
centre.limit | limit of an order | 工单时限
centre.call_back_after | from the close to the call-back | 办结到回访
centre.called_again | calls again | 再次来电的概率
centre.most_calls | orders of a demand, at most | 每件诉求工单数上限
promises.made | promises are made | 作出承诺
promises.scene | promise: on the scene within | 承诺：到场时限
promises.solve | promise: solved within | 承诺：解决时限
promises.reply | promise: replied within | 承诺：回复时限
promises.interim_after | interim reply after | 阶段性回复时间
policies.queue | whose queue | 排队方式
policies.dispatch | who goes | 派队规则
policies.order | order within a class | 同级次序
policies.overdue_priority | class of overdue orders | 超期工单优先级
policies.neighbours_within | neighbouring stations help within | 邻站支援距离
policies.dispatch_delay | from acceptance to dispatch | 受理到派单
changes.*.label | name | 名称
changes.*.first_day | first day | 起始日期
changes.*.last_day | last day | 结束日期
changes.*.at | where | 地点
changes.*.team | whose people | 涉及人员
changes.*.roster | on duty | 在岗人数
changes.*.add | people more or fewer | 增减人数
changes.*.closed | closed | 停用
costs.overtime_factor | overtime pay factor | 加班工资倍数
costs.station_per_year | cost of a point station a year | 点站年成本
costs.order | cost of handling a 12345 order | 每件12345工单成本
"""

_PARTS = """
territory.rosters | rosters in a table | 以表格给出的排班
demand.surges | surges | 需求突增
changes | rosters from a day to a day | 分日期的排班
"""

_WORDS = """
point_station | point stations | 点站
workstation | grid workstations | 网格工作站
community_office | community offices | 社区办公点
large | large estates | 大型小区
old | old estates | 老旧小区
resettlement | resettlement estates | 安置小区
commercial | commercial estates | 商品房小区
rural | villages | 村庄
day | day shift | 白班
night | night shift | 夜班
workday | working days | 工作日
weekend | weekends | 周末
holiday | holidays | 节假日
walking | walking | 步行
e-bike | e-bike | 电动自行车
car | car | 汽车
direct | somebody on the spot | 现场人员
desk | reception desk | 接待前台
centre | 12345 centre | 12345中心
wait | waits until it opens | 等到开放
always | always | 全天
workdays | working days | 工作日
daily | every day | 每天
community | community | 社区
street | street | 街道
district | district | 全区
random | at random | 随机生成
lattice | square lattice | 方格
china | official holidays of China | 中国法定节假日
none | none | 无
after intake | after the intake | 受理完毕后
at once | as soon as the place is known | 问清地点即派
finish | is finished | 做完再下班
relief | is taken over by the next shift | 由下一班接替
hand over | is left to the next shift | 留给下一班
separate | each team its own | 各队分别排队
pooled | one for each group | 各组合并排队
order | the first in order | 按队伍先后
soonest | who can be there first | 最快到场
arrival | by arrival | 按先后
due | by when it is due | 按到期时间
euclidean | as the crow flies | 直线距离
rectilinear | along streets at right angles | 直角距离
mser5 | found by MSER-5 | 由MSER-5判定
jiangning | shipped with govsim | govsim自带
lognormal | lognormal | 对数正态
gamma | gamma | 伽马
weibull | Weibull | 韦布尔
exponential | exponential | 指数
triangular | triangular | 三角
uniform | uniform | 均匀
empirical | empirical | 经验
median | median | 中位数
mean | mean | 均值
sigma | sigma | σ
shape | shape | 形状
scale | scale | 尺度
low | from | 下限
high | to | 上限
mode | most likely | 众数
square | square of | 方形边长
table | table | 表
"""


def _table(text: str) -> dict[str, Text]:
    rows = (line.split(" | ") for line in text.strip().splitlines())
    return {path: Text(chinese, english) for path, english, chinese in rows}


INPUTS = _table(_NAMES)
"""Names of inputs, by their path in the schema."""

PARTS = _table(_PARTS)
"""Names of parts of a scenario that stand as an input of their own where they are empty."""

WORDS = _table(_WORDS)
"""What stands in paths and values of a scenario and is no name of the planner's."""
