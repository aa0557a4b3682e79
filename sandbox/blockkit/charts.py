"""Charts that Slack draws itself: pie, bar, area and line."""

from sandbox.blockkit.block import block
from sandbox.blockkit.faults import Inspection
from sandbox.blockkit.rules import dicts_in, repeats, strings_in
from sandbox.blockkit.shapes import Check, listing, number, record, string, tagged, typed

_LABEL = string(20)
_AXIS_LABEL = string(50)

# Slack has published both 6 and 12 as the most slices and series; the door keeps to the smaller.
_MOST_SERIES = 6


def _share(value: object, at: str, inspection: Inspection) -> None:
    number(value, at, inspection)
    if isinstance(value, int | float) and value <= 0:
        inspection.refuse(at, "must be greater than 0")


def _distinct_names(value: dict[str, object], at: str, inspection: Inspection) -> None:
    names = [
        name for one in dicts_in(value.get("series")) if isinstance(name := one.get("name"), str)
    ]
    if repeats(names):
        inspection.refuse(f"{at}/series", "every series must have a name of its own")


def _points_match_categories(value: dict[str, object], at: str, inspection: Inspection) -> None:
    axis = value.get("axis_config")
    categories = sorted(strings_in(axis.get("categories") if isinstance(axis, dict) else None))
    for index, series in enumerate(dicts_in(value.get("series"))):
        labels = strings_in([point.get("label") for point in dicts_in(series.get("data"))])
        if sorted(labels) != categories:
            inspection.refuse(f"{at}/series/{index}/data", "must have one point for every category")


def _distinct_categories(value: dict[str, object], at: str, inspection: Inspection) -> None:
    if repeats(strings_in(value.get("categories"))):
        inspection.refuse(f"{at}/categories", "every category must be unique")


_SEGMENT = record({"label": _LABEL, "value": _share})
_POINT = record({"label": _LABEL, "value": number})
_SERIES = record({"name": _LABEL, "data": listing(_POINT, 20)})
_AXES = record(
    {"categories": listing(_LABEL, 20)},
    {"x_label": _AXIS_LABEL, "y_label": _AXIS_LABEL},
    _distinct_categories,
)

_PLOTTED: Check = typed(
    {"series": listing(_SERIES, _MOST_SERIES), "axis_config": _AXES},
    {},
    _distinct_names,
    _points_match_categories,
)


def _two_to_a_message(value: dict[str, object], at: str, inspection: Inspection) -> None:
    inspection.charts += 1
    if inspection.charts > 2:
        inspection.refuse(at, "no more than 2 data_visualization blocks allowed")


DATA_VISUALIZATION = block(
    {
        "title": string(50),
        "chart": tagged(
            {
                "pie": typed({"segments": listing(_SEGMENT, _MOST_SERIES)}),
                **dict.fromkeys(("bar", "area", "line"), _PLOTTED),
            }
        ),
    },
    {},
    _two_to_a_message,
)
