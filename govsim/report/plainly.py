"""Units and sources of inputs in the reader's language; `govsim.report.inputs` says values."""

from __future__ import annotations

from govsim.language import current, tr


def unit(text: str) -> str:
    """Name what an input is counted in."""
    names = _units()
    if text in names or not text:
        return names.get(text, "")
    return tr(" or ").join(names.get(part, part) for part in text.split(" or "))


def _units() -> dict[str, str]:
    return {
        "time": tr("time"),
        "time or working time": tr("time or working time"),
        "time, fixed or random": tr("time, fixed or random"),
        "number per time, or per residents and time": tr("number per time, or per resident"),
        "speed": tr("speed"),
        "distance": tr("distance"),
        "yuan": tr("yuan"),
        "yuan per hour": tr("yuan per hour"),
        "share, 0 to 1": tr("share, 0 to 1"),
        "factor": tr("factor"),
        "time of day": tr("time of day"),
        "hours of the day": tr("hours of the day"),
        "days of the week": tr("days of the week"),
        "people": tr("people"),
        "name in Chinese and English": tr("name in Chinese and English"),
        "name": tr("name"),
        "yes or no": tr("yes or no"),
        "number": tr("number"),
        "date": tr("date"),
        "date and time": tr("date and time"),
        "replications": tr("replications"),
        "residents": tr("residents"),
        "residents per household": tr("residents per household"),
        "grids": tr("grids"),
        "points": tr("points"),
        "cases at once": tr("cases at once"),
        "cases": tr("cases"),
        "jobs": tr("jobs"),
        "reports": tr("reports"),
        "orders": tr("orders"),
        "class, 0 to 9": tr("class, 0 to 9"),
        "per year": tr("per year"),
        "weights": tr("weights"),
        "factors": tr("factors"),
        "one of the words": tr("one of the words"),
    }


def source(text: str) -> str:
    """Say from where a value is known; what a planner has written stays as it is."""
    return _SOURCES.get(text, text) if current() == "zh" else text


_SOURCES = {
    "Larson and McKnew 1982: work that staff find takes about as much time as calls": (
        "Larson和McKnew 1982：工作人员自行发现的问题，处理用时与来电的相近"
    ),
    "no lag is published; reporting differs by place up to 3 times: Liu and Garg 2022": (
        "上报滞后未见公布；各地上报率相差可达3倍：Liu和Garg 2022"
    ),
    "0.10 a day (.03 to .25) while overdue: an assumption; no effect size is published": (
        "逾期期间每天0.10（0.03至0.25）：假设；未见公布的效应值"
    ),
    "1.07 to 1.09 full-time grid workers per comprehensive grid: Jianye 2019, Qinhuai": (
        "每个综合网格配专职网格员1.07至1.09名：建邺2019、秦淮"
    ),
    (
        "1.07 to 1.09 full-time grid workers per comprehensive grid: Jianye 2019, Qinhuai; "
        "fewer at weekends is assumed"
    ): "每个综合网格配专职网格员1.07至1.09名：建邺2019、秦淮；周末人数较少为假设",
    (
        "mean of 4.6 working days (Jiangsu's 12345, 2024), and 5 to 10% of complex cases beyond 15"
    ): "平均办理4.6个工作日（江苏12345，2024年），复杂诉求5%至10%超过15个工作日",
    "4 on duty by day (2 to 8), 1 to 2 at night": ("白天在岗4人（2至8人），夜间1至2人"),
    "994 residents and 335 households a grid": ("每个网格994人、335户"),
    "3.7 min from call to dispatch: Beijing 12345; no figure tells channels apart": (
        "北京12345：从来电到派单3.7分钟；没有分渠道的数字"
    ),
    "Beijing, news reports: 3.7 minutes from call to dispatch; its spread is assumed": (
        "北京，新闻报道：从来电到派单3.7分钟；离散程度为假设"
    ),
    "assumed; ambulances leave within 3 min of the call in 95% of cases: goal for 2025": (
        "假设；院前急救 2025 年目标：接到呼救后 3 分钟出车率达到 95%"
    ),
    "Labour Law, article 44": ("《劳动法》第四十四条"),
    "Shanghai, one week in 2016": ("上海，2016年某一周"),
    "WeChat groups reach 17 to 23% of residents: Qixia 2018": (
        "微信群覆盖17%至23%的居民：栖霞2018"
    ),
    "census of 2020; the figure is from memory, not from a source that was read": (
        "2020年人口普查；数字凭记忆，未查阅原始资料"
    ),
    "grid leader after 43 minutes: Wuzhong 2017, one case": ("网格长43分钟后到场：吴中2017，个案"),
    "noise complaints 69% at night: Fuzhou": ("噪音投诉69%发生在夜间：福州"),
    "peaks 9 to 11 and 14 to 16: Beijing 2019": ("9至11时、14至16时为高峰：北京2019"),
    "property .35: Shanghai, a week in 2016": ("物业类0.35：上海，2016年某一周"),
    "property is 8 to 24% of dispatched orders (three district bulletins, 2022 to 2025)": (
        "物业类占派发工单的8%至24%（三个区的通报，2022至2025年）"
    ),
    "the programme": ("实施方案"),
    "two hotline reports": ("两份热线报告"),
    "two rounds a day: Hushu 2023; the hours are assumed": ("每天巡查两次：湖熟2023；时段为假设"),
    "urban management is 18 to 29% of dispatched orders (three district bulletins, 2022 to 2025)": (
        "城管类占派发工单的18%至29%（三个区的通报，2022至2025年）"
    ),
    "walking and e-bike as in the domain notes; car assumed": (
        "步行和电动车据业务资料；汽车为假设"
    ),
}
"""Sources that the schema and the shipped scenarios name, in Chinese."""
