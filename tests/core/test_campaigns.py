"""By which sign a lead is recognised as a campaign's."""

from dataclasses import replace

import pytest

from bot.core.campaigns import Origin, look_alike, signs

NOTHING = Origin(None, {}, None, None, None)
ALL = Origin(
    ref="701-A",
    utm={"campaign": "Spring_Webinar 2026", "source": "google", "medium": "cpc"},
    page="https://www.Example.com/demo/?utm_source=x#form",
    name="Spring  webinar",
    source="Web form",
)


def keys(origin: Origin) -> list[str]:
    return [sign.key for sign in signs(origin)]


def test_the_strongest_sign_comes_first() -> None:
    assert keys(ALL) == [
        "crm:701-A",
        "utm:spring-webinar-2026",
        "page:example.com/demo",
        "name:Spring webinar",
        "source:Web form",
    ]


def test_a_lead_that_tells_nothing_has_no_origin() -> None:
    assert keys(NOTHING) == []


def test_source_and_medium_alone_are_a_channel() -> None:
    told = replace(NOTHING, utm={"source": "google", "medium": "cpc"})

    assert keys(told) == ["source:google/cpc"]
    assert keys(replace(told, name="Google")) == ["name:Google", "source:google/cpc"]


def test_a_campaign_is_called_by_its_name_whatever_it_is_recognised_by() -> None:
    assert [sign.label for sign in signs(ALL)][:4] == ["Spring  webinar"] * 4
    assert signs(replace(NOTHING, ref="701-A"))[0].label == "701-A"


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Google", "google", True),
        ("Spring webinar", "spring-webinar", True),
        ("Spring webinar", "Spring webinar", False),
        ("Spring", "Autumn", False),
        ("!", "?", False),
    ],
)
def test_names_that_differ_only_in_how_they_are_written_look_alike(
    one: str, other: str, alike: bool
) -> None:
    assert look_alike(one, other) is alike
