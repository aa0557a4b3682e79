"""Rich text: a block of sections, lists, quotes and code, made of small inline pieces."""

from sandbox.blockkit.composition import LINK
from sandbox.blockkit.shapes import (
    Check,
    Fields,
    flag,
    listing,
    number,
    one_of,
    record,
    string,
    tagged,
    typed,
    whole,
    words,
)

_STYLE = record(
    {},
    dict.fromkeys(
        ("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight"), flag
    )
    | {"unlink": flag},
)


def _inline(required: Fields, optional: Fields | None = None) -> Check:
    return typed(required, {"style": _STYLE, **(optional or {})})


INLINE: Fields = {
    "text": _inline({"text": words()}),
    "link": _inline({"url": LINK}, {"text": words(), "unsafe": flag}),
    "user": _inline({"user_id": string()}),
    "channel": _inline({"channel_id": string()}),
    "usergroup": _inline({"usergroup_id": string()}),
    "team": _inline({"team_id": string()}),
    "emoji": _inline({"name": string()}, {"unicode": string(), "skin_tone": whole(1, 6)}),
    "broadcast": _inline({"range": one_of("here", "channel", "everyone")}),
    "color": _inline({"value": string()}),
    "date": _inline({"timestamp": number, "format": string()}, {"url": LINK, "fallback": words()}),
}

_BORDER: Fields = {"border": whole(0, 1)}
_PIECES = listing(tagged(INLINE), least=0)
_CODE_PIECES = listing(tagged({kind: INLINE[kind] for kind in ("text", "link")}), least=0)
_SECTION = typed({"elements": _PIECES})

RICH_TEXT_FIELDS: Fields = {
    "elements": listing(
        tagged(
            {
                "rich_text_section": _SECTION,
                "rich_text_list": typed(
                    {
                        "style": one_of("bullet", "ordered"),
                        "elements": listing(tagged({"rich_text_section": _SECTION})),
                    },
                    {"indent": whole(0, 8), "offset": whole(0), **_BORDER},
                ),
                "rich_text_quote": typed({"elements": _PIECES}, _BORDER),
                "rich_text_preformatted": typed(
                    {"elements": _CODE_PIECES}, {"language": string(), **_BORDER}
                ),
            }
        )
    )
}

# Inside another block its block_id names nothing, so it need not be unique.
RICH_TEXT_VALUE = tagged({"rich_text": typed(RICH_TEXT_FIELDS, {"block_id": string(255, least=0)})})
