"""A CSV file is read by the webhook's rules, whatever spreadsheet wrote it."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.intake.csv_file import CsvFile, NotCsv, Row, corrected

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def written(folder: Path, content: str | bytes) -> CsvFile:
    path = folder / "leads.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return CsvFile.open(path)


def rows_of(file: CsvFile) -> list[Row]:
    return list(file.rows(file.guess(), NOW, BERLIN))


def test_columns_are_known_under_the_names_other_tools_give_them(tmp_path: Path) -> None:
    file = written(tmp_path, "Lead ID,E-Mail Address,companyName,leadSource,Employees\n")

    assert file.guess() == {
        "Lead ID": "lead_id",
        "E-Mail Address": "email",
        "companyName": "company",
        "leadSource": "source",
    }


def test_a_column_of_whole_names_is_told_apart(tmp_path: Path) -> None:
    rows = rows_of(written(tmp_path, "id,Name,email\n1,Jane Doe,jane@example.org\n"))

    event = rows[0].event
    assert event
    assert (event.first_name, event.last_name) == ("Jane", "Doe")


def test_beside_a_first_name_a_column_of_names_is_kept_as_it_is(tmp_path: Path) -> None:
    rows = rows_of(written(tmp_path, "id,Name,First name,email\n1,Acme,Jane,jane@example.org\n"))

    event = rows[0].event
    assert event
    assert (event.first_name, event.last_name, event.custom) == ("Jane", None, {"Name": "Acme"})


def test_of_two_columns_that_fit_one_field_the_first_counts(tmp_path: Path) -> None:
    file = written(tmp_path, "email,mail\nana@example.org,bo@example.org\n")

    [row] = rows_of(file)
    assert row.event and row.event.email == "ana@example.org"
    assert row.event.custom == {"mail": "bo@example.org"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_spreadsheets_file_is_read(tmp_path: Path, encoding: str, delimiter: str) -> None:
    lines = ["id", "company", "message"], ["7", "Müller & Söhne", '"two\r\nlines"']
    text = "\r\n".join(delimiter.join(line) for line in lines)

    [row] = rows_of(written(tmp_path, text.encode(encoding)))

    assert row.event
    assert (row.event.company, row.event.message) == ("Müller & Söhne", "two\nlines")


def test_a_date_without_a_zone_is_the_teams(tmp_path: Path) -> None:
    [row] = rows_of(written(tmp_path, "id,company,created_at\n7,Acme,2026-07-01 10:00\n"))

    assert row.event and row.event.occurred_at == datetime(2026, 7, 1, 8, 0, tzinfo=UTC)


def test_a_fault_names_its_line_and_the_column_as_the_file_calls_it(tmp_path: Path) -> None:
    file = written(tmp_path, "id,company,E-Mail\n7,Acme,ana@example.org\n\n8,Bolt,nobody\n")

    good, bad = rows_of(file)

    assert (good.line, good.faults) == (2, ())
    assert (bad.line, bad.event) == (4, None)
    assert [fault.field for fault in bad.faults] == ["E-Mail"]


def test_a_row_that_is_longer_than_the_header_is_a_fault(tmp_path: Path) -> None:
    [row] = rows_of(written(tmp_path, "id,company\n7,Acme, Inc\n"))

    assert "2" not in row.faults[0].problem
    assert "1 more value" in row.faults[0].problem


@pytest.mark.parametrize(
    ("content", "told"),
    [("", "is empty"), ("\n", "is empty"), ("a,b,a\n", "twice"), (bytes(100), "")],
)
def test_what_is_no_table_is_told_with_what_to_do(
    tmp_path: Path, content: str | bytes, told: str
) -> None:
    try:
        rows = rows_of(written(tmp_path, content))
    except NotCsv as error:
        assert told in str(error)
    else:
        assert content == bytes(100)
        assert all(row.event is None for row in rows)


def test_a_wish_moves_a_field_to_another_column(tmp_path: Path) -> None:
    file = written(tmp_path, "id,brand,firma\n")

    assert corrected(file, file.guess(), ["brand=company"]) == {"id": "lead_id", "brand": "company"}
    assert corrected(file, file.guess(), ["id="]) == {"firma": "company"}


@pytest.mark.parametrize(
    ("wish", "told"), [("nome=company", "no column"), ("name=kompany", "no field")]
)
def test_a_wish_that_cannot_be_is_told_what_there_is(tmp_path: Path, wish: str, told: str) -> None:
    file = written(tmp_path, "id,name\n")

    with pytest.raises(NotCsv, match=told):
        corrected(file, file.guess(), [wish])


@given(content=st.one_of(st.binary(max_size=400), st.text(max_size=400).map(str.encode)))
def test_whatever_the_bytes_a_row_is_an_event_or_has_its_faults(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    try:
        rows = rows_of(written(tmp_path_factory.getbasetemp(), content))
    except NotCsv as error:
        assert str(error)
        return
    assert all((row.event is None) == bool(row.faults) for row in rows)
