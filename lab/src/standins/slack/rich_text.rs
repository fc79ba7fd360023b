//! Which parts can rich text and tables have?
//!
//! Shapes of `@slack/types` 3.2.0.

use super::{
    super::shape::{Kind, list, may, need, text},
    elements::{BLOCK_ID, Variant},
};

const RICH_STYLE: Kind = Kind::Object(&[
    may("bold", Kind::Flag),
    may("italic", Kind::Flag),
    may("strike", Kind::Flag),
    may("code", Kind::Flag),
    may("underline", Kind::Flag),
]);
const ANY_TEXT: Kind = text(0, usize::MAX);
const RICH_TEXT_TEXT: Variant = ("text", &[need("text", text(1, usize::MAX)), may("style", RICH_STYLE)]);
const RICH_LINK: Variant = (
    "link",
    &[need("url", text(1, 3000)), may("text", ANY_TEXT), may("unsafe", Kind::Flag), may("style", RICH_STYLE)],
);
const INLINE: Kind = Kind::Tagged(&[
    RICH_TEXT_TEXT,
    RICH_LINK,
    ("broadcast", &[need("range", Kind::OneOf(&["here", "channel", "everyone"])), may("style", RICH_STYLE)]),
    ("channel", &[need("channel_id", ANY_TEXT), may("style", RICH_STYLE)]),
    ("color", &[need("value", ANY_TEXT)]),
    (
        "date",
        &[
            need("timestamp", Kind::Number),
            need("format", ANY_TEXT),
            may("url", ANY_TEXT),
            may("fallback", ANY_TEXT),
            may("style", RICH_STYLE),
        ],
    ),
    (
        "emoji",
        &[need("name", ANY_TEXT), may("unicode", ANY_TEXT), may("url", ANY_TEXT), may("style", RICH_STYLE)],
    ),
    ("team", &[need("team_id", ANY_TEXT), may("style", RICH_STYLE)]),
    ("user", &[need("user_id", ANY_TEXT), may("style", RICH_STYLE)]),
    ("usergroup", &[need("usergroup_id", ANY_TEXT), may("style", RICH_STYLE)]),
]);
const LITERAL: Kind = Kind::Tagged(&[RICH_TEXT_TEXT, RICH_LINK]);
const BORDER: Kind = Kind::Whole { min: 0, max: 1 };
const RICH_SECTION: Variant = ("rich_text_section", &[need("elements", list(0, usize::MAX, &INLINE))]);

pub(super) const RICH_TEXT: Kind = Kind::Tagged(&[
    RICH_SECTION,
    (
        "rich_text_list",
        &[
            need("style", Kind::OneOf(&["bullet", "ordered"])),
            need("elements", list(0, usize::MAX, &Kind::Tagged(&[RICH_SECTION]))),
            may("indent", Kind::Whole { min: 0, max: 8 }),
            may("offset", Kind::Whole { min: 0, max: i64::MAX }),
            may("border", BORDER),
        ],
    ),
    ("rich_text_preformatted", &[need("elements", list(0, usize::MAX, &LITERAL)), may("border", BORDER)]),
    ("rich_text_quote", &[need("elements", list(0, usize::MAX, &INLINE)), may("border", BORDER)]),
]);
pub(super) const CELL: Kind = Kind::Tagged(&[
    ("raw_text", &[need("text", text(1, 3000))]),
    ("raw_number", &[need("value", Kind::Number), may("text", ANY_TEXT)]),
    ("rich_text", &[need("elements", list(0, usize::MAX, &RICH_TEXT)), may("block_id", BLOCK_ID)]),
]);
pub(super) const COLUMN: Kind =
    Kind::Object(&[may("align", Kind::OneOf(&["left", "center", "right"])), may("is_wrapped", Kind::Flag)]);
