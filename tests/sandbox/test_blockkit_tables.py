"""Tables and charts Slack takes in a message, and those it refuses, with the place."""

import pytest

from sandbox.blockkit import check_message, error_code

Json = dict[str, object]


def mrkdwn(words: str = "*Open*") -> Json:
    return {"type": "mrkdwn", "text": words}


def rich_text(*pieces: Json, kind: str = "rich_text_section", **extra: object) -> Json:
    return {"type": "rich_text", "elements": [{"type": kind, "elements": list(pieces), **extra}]}


def words(text: str = "hello") -> Json:
    return {"type": "text", "text": text}


def cell(text: str = "x") -> Json:
    return {"type": "raw_text", "text": text}


def table(*rows: list[Json], **extra: object) -> Json:
    return {"type": "table", "rows": list(rows) or [[cell(), cell()]], **extra}


def data_table(*rows: list[Json], **extra: object) -> Json:
    filled = list(rows) or [[cell()], [{"type": "raw_number", "value": 2, "text": "2"}]]
    return {"type": "data_table", "caption": "Leads", "rows": filled, **extra}


def pie(*values: float) -> Json:
    segments = [{"label": f"s{index}", "value": value} for index, value in enumerate(values)]
    return {
        "type": "data_visualization",
        "title": "Leads",
        "chart": {"type": "pie", "segments": segments},
    }


def line(*names: str, labels: str = "ab", **axis: object) -> Json:
    data = [{"label": label, "value": -1} for label in labels]
    series = [{"name": name, "data": data} for name in names]
    axis_config = {"categories": ["a", "b"], **axis}
    chart = {"type": "line", "series": series, "axis_config": axis_config}
    return {"type": "data_visualization", "title": "Leads", "chart": chart}


def without(value: Json, *names: str) -> Json:
    return {name: part for name, part in value.items() if name not in names}


TAKEN: dict[str, list[Json]] = {
    "a table": [table([cell(), rich_text(words())], column_settings=[None, {"align": "right"}])],
    "a data table": [data_table(page_size=100, row_header_column_index=0)],
    "two charts": [pie(1, 2), line("web", "shop")],
}

AT = "/blocks/0"
REFUSED: dict[str, tuple[list[Json], str]] = {
    "table of 101 rows": ([table(*[[cell()]] * 101)], f"{AT}/rows"),
    "table of 21 columns": ([table([cell()] * 21)], f"{AT}/rows/0"),
    "ragged table": ([table([cell()], [cell(), cell()])], f"{AT}/rows/1"),
    "empty cell": ([table([cell("")])], f"{AT}/rows/0/0/text"),
    "mrkdwn cell": ([table([mrkdwn()])], f"{AT}/rows/0/0/type"),
    "cells of 10,001 characters": ([table([cell("x" * 10_001)])], f"{AT}/rows"),
    "column aligned justify": (
        [table(column_settings=[{"align": "justify"}])],
        f"{AT}/column_settings/0/align",
    ),
    "data table without a caption": ([without(data_table(), "caption")], AT),
    "data table of a header only": ([data_table([cell()])], f"{AT}/rows"),
    "data table of 102 rows": ([data_table(*[[cell()]] * 102)], f"{AT}/rows"),
    "rich text in the header": (
        [data_table([rich_text(words())], [cell()])],
        f"{AT}/rows/0/0/type",
    ),
    "ragged data table": ([data_table([cell()], [cell(), cell()])], f"{AT}/rows/1"),
    "page of none": ([data_table(page_size=0)], f"{AT}/page_size"),
    "page of 101": ([data_table(page_size=101)], f"{AT}/page_size"),
    "row header past the columns": (
        [data_table(row_header_column_index=1)],
        f"{AT}/row_header_column_index",
    ),
    "chart title of 51": ([{**pie(1), "title": "x" * 51}], f"{AT}/title"),
    "chart of an unknown kind": (
        [{**pie(1), "chart": {"type": "donut", "segments": []}}],
        f"{AT}/chart/type",
    ),
    "pie of nothing": ([pie()], f"{AT}/chart/segments"),
    "pie of seven": ([pie(*[1] * 7)], f"{AT}/chart/segments"),
    "slice of zero": ([pie(0)], f"{AT}/chart/segments/0/value"),
    "two series with one name": ([line("a", "a")], f"{AT}/chart/series"),
    "series that skips a category": ([line("web", labels="a")], f"{AT}/chart/series/0/data"),
    "category twice": (
        [line("web", labels="aa", categories=["a", "a"])],
        f"{AT}/chart/axis_config/categories",
    ),
    "series name of 21": ([line("x" * 21)], f"{AT}/chart/series/0/name"),
    "axis label of 51": ([line("a", x_label="x" * 51)], f"{AT}/chart/axis_config/x_label"),
    "three charts": ([pie(1)] * 3, "/blocks/2"),
}


@pytest.mark.parametrize("blocks", TAKEN.values(), ids=TAKEN.keys())
def test_slack_takes_these_tables(blocks: list[Json]) -> None:
    assert check_message({"text": "hello", "blocks": blocks}) == []


@pytest.mark.parametrize(("blocks", "pointer"), REFUSED.values(), ids=REFUSED.keys())
def test_slack_refuses_these_tables_and_says_where(blocks: list[Json], pointer: str) -> None:
    faults = check_message({"text": "hello", "blocks": blocks})
    assert [fault.pointer for fault in faults] == [pointer]
    assert error_code(faults) == "invalid_blocks"
