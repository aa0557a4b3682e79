"""User groups through the real slack_sdk: shapes and refusals as in Slack."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from slack_sdk import WebClient

from sandbox.people import Person
from sandbox.server import Sandbox
from sandbox.usergroups import UserGroup
from tests.sandbox.conftest import ANA, BEN, IDA, refused

OLD = "S0OLD000000"


@pytest.fixture
def groups(sandbox: Sandbox) -> Iterator[dict[str, UserGroup]]:
    """Those of the workspace, with a disabled one; as they were afterwards."""
    workspace = sandbox.workspace
    before = workspace.user_groups
    workspace.user_groups = before | {OLD: UserGroup(OLD, "old", "Old", [IDA], disabled=True)}
    yield workspace.user_groups
    workspace.user_groups, workspace.on_free_plan = before, False


def test_each_team_is_a_group_and_its_people_are_told_when_asked_for(client: WebClient) -> None:
    sales, marketing = client.usergroups_list()["usergroups"]
    full = client.usergroups_list(include_users=True, include_count=True)["usergroups"]

    assert (sales["handle"], marketing["handle"]) == ("sales", "marketing")
    assert sales["id"].startswith("S")
    assert sales["date_delete"] == 0
    assert not {"users", "user_count"} & sales.keys()
    assert [(len(each["users"]), each["user_count"]) for each in full] == [(8, 8), (8, 8)]


def test_the_people_of_one_group_are_listed_by_its_id(client: WebClient) -> None:
    sales = client.usergroups_users_list(usergroup="S0SALES0000")["users"]

    assert len(sales) == 8
    assert {ANA, BEN} <= set(sales)
    with refused("no_such_subteam"):
        client.usergroups_users_list(usergroup="S0NOWHERE00")
    with refused("invalid_arguments"):
        client.api_call("usergroups.users.list")


@pytest.mark.usefixtures("groups")
def test_a_disabled_group_is_shown_to_whoever_asks_for_disabled_ones(client: WebClient) -> None:
    usual = [each["id"] for each in client.usergroups_list()["usergroups"]]
    all_groups = {
        each["id"]: each for each in client.usergroups_list(include_disabled=True)["usergroups"]
    }

    assert OLD not in usual
    assert all_groups[OLD]["date_delete"] > 0
    with refused("no_such_subteam"):
        client.usergroups_users_list(usergroup=OLD)
    assert client.usergroups_users_list(usergroup=OLD, include_disabled=True)["users"] == [IDA]


def test_whoever_is_deactivated_is_in_no_group(sandbox: Sandbox, client: WebClient) -> None:
    people = sandbox.workspace.people
    ben: Person = people[BEN]
    people[BEN] = replace(ben, deleted=True)

    users = client.usergroups_users_list(usergroup="S0SALES0000")["users"]

    people[BEN] = ben
    assert BEN not in users


@pytest.mark.usefixtures("groups")
def test_a_free_plan_has_no_groups(sandbox: Sandbox, client: WebClient) -> None:
    sandbox.workspace.on_free_plan = True

    with refused("plan_upgrade_required"):
        client.usergroups_list()
    with refused("plan_upgrade_required"):
        client.usergroups_users_list(usergroup="S0SALES0000")
