//! Which parts can rich text and tables have?
//! Shapes of `@slack/types` 3.2.0.

use super::{
    super::shape::{Shape, list, may, need, text},
    elements::{BLOCK_ID, Variant},
};

const RICH_STYLE: Shape = Shape::Object(&[
    may("bold", Shape::Flag),
    may("italic", Shape::Flag),
    may("strike", Shape::Flag),
    may("code", Shape::Flag),
    may("underline", Shape::Flag),
]);
const ANY_TEXT: Shape = text(0, usize::MAX);
const RICH_TEXT_TEXT: Variant = ("text", &[need("text", text(1, usize::MAX)), may("style", RICH_STYLE)]);
const RICH_LINK: Variant = (
    "link",
    &[
        need("url", text(1, 3000)),
        may("text", ANY_TEXT),
        may("unsafe", Shape::Flag),
        may("style", RICH_STYLE),
    ],
);
const INLINE: Shape = Shape::Tagged(&[
    RICH_TEXT_TEXT,
    RICH_LINK,
    ("broadcast", &[need("range", Shape::OneOf(&["here", "channel", "everyone"])), may("style", RICH_STYLE)]),
    ("channel", &[need("channel_id", ANY_TEXT), may("style", RICH_STYLE)]),
    ("color", &[need("value", ANY_TEXT)]),
    (
        "date",
        &[
            need("timestamp", Shape::Number),
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
const LITERAL: Shape = Shape::Tagged(&[RICH_TEXT_TEXT, RICH_LINK]);
const BORDER: Shape = Shape::Whole { min: 0, max: 1 };
const RICH_SECTION: Variant = ("rich_text_section", &[need("elements", list(0, usize::MAX, &INLINE))]);

pub(super) const RICH_TEXT: Shape = Shape::Tagged(&[
    RICH_SECTION,
    (
        "rich_text_list",
        &[
            need("style", Shape::OneOf(&["bullet", "ordered"])),
            need("elements", list(0, usize::MAX, &Shape::Tagged(&[RICH_SECTION]))),
            may("indent", Shape::Whole { min: 0, max: 8 }),
            may("offset", Shape::Whole { min: 0, max: i64::MAX }),
            may("border", BORDER),
        ],
    ),
    ("rich_text_preformatted", &[need("elements", list(0, usize::MAX, &LITERAL)), may("border", BORDER)]),
    ("rich_text_quote", &[need("elements", list(0, usize::MAX, &INLINE)), may("border", BORDER)]),
]);
pub(super) const CELL: Shape = Shape::Tagged(&[
    ("raw_text", &[need("text", text(1, 3000))]),
    ("raw_number", &[need("value", Shape::Number), may("text", ANY_TEXT)]),
    ("rich_text", &[need("elements", list(0, usize::MAX, &RICH_TEXT)), may("block_id", BLOCK_ID)]),
]);
pub(super) const COLUMN: Shape = Shape::Object(&[
    may("align", Shape::OneOf(&["left", "center", "right"])),
    may("is_wrapped", Shape::Flag),
]);
