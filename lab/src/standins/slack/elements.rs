//! Which parts can a block have?
//! Shapes of `@slack/types` 3.2.0, limits of <https://docs.slack.dev/reference/block-kit>.

use super::super::shape::{FieldShape, Shape, formed, list, may, need, text};

macro_rules! plain {
    ($max:expr) => {
        Shape::Tagged(&[("plain_text", &[need("text", text(1, $max)), may("emoji", Shape::Flag)])])
    };
}
macro_rules! either {
    ($max:expr) => {
        Shape::Tagged(&[
            ("plain_text", &[need("text", text(1, $max)), may("emoji", Shape::Flag)]),
            ("mrkdwn", &[need("text", text(1, $max)), may("verbatim", Shape::Flag)]),
        ])
    };
}

pub(super) const BLOCK_ID: Shape = text(1, 255);
pub(super) const PLAIN_150: Shape = plain!(150);
pub(super) const PLAIN_200: Shape = plain!(200);
pub(super) const PLAIN_2000: Shape = plain!(2000);
pub(super) const TEXT_2000: Shape = either!(2000);
pub(super) const TEXT_3000: Shape = either!(3000);
/// Titles and buttons of views.
pub(super) const PLAIN_24: Shape = plain!(24);

const PLAIN_30: Shape = plain!(30);
const PLAIN_75: Shape = plain!(75);
const PLAIN_100: Shape = plain!(100);
const ACTION_ID: Shape = text(1, 255);
const STYLE: Shape = Shape::OneOf(&["primary", "danger"]);
const URL: Shape = text(1, 3000);
const DATE: Shape = formed(10, 10, |date| date.split('-').map(str::len).eq([4, 2, 2]));
const TIME: Shape = formed(5, 5, |time| time.split(':').map(str::len).eq([2, 2]));
const IDS: Shape = list(0, 100, &text(1, 255));
const CONFIRM: Shape = Shape::Object(&[
    may("title", PLAIN_100),
    need("text", either!(300)),
    may("confirm", PLAIN_30),
    may("deny", PLAIN_30),
    may("style", STYLE),
]);
const PLAIN_OPTION: Shape = Shape::Object(&[
    need("text", PLAIN_75),
    may("value", text(1, 150)),
    may("description", PLAIN_75),
    may("url", URL),
]);
const OPTION: Shape = Shape::Object(&[
    need("text", either!(75)),
    may("value", text(1, 150)),
    may("description", either!(75)),
    may("url", URL),
]);
const OPTIONS: Shape = list(1, 100, &PLAIN_OPTION);
const GROUPS: Shape =
    list(1, 100, &Shape::Object(&[need("label", PLAIN_75), need("options", list(1, 100, &PLAIN_OPTION))]));
const DISPATCH: Shape = Shape::Object(&[may(
    "trigger_actions_on",
    list(1, 2, &Shape::OneOf(&["on_enter_pressed", "on_character_entered"])),
)]);

/// A kind of element by its `type`.
pub(super) type Variant = (&'static str, &'static [FieldShape]);

const BUTTON: Variant = (
    "button",
    &[
        need("text", PLAIN_75),
        may("action_id", ACTION_ID),
        may("url", URL),
        may("value", text(1, 2000)),
        may("style", STYLE),
        may("confirm", CONFIRM),
        may("accessibility_label", text(1, 75)),
    ],
);
const IMAGE: Variant =
    ("image", &[need("alt_text", text(0, 2000)), may("image_url", URL), may("slack_file", Shape::AnyObject)]);
const OVERFLOW: Variant = (
    "overflow",
    &[need("options", list(1, 5, &PLAIN_OPTION)), may("action_id", ACTION_ID), may("confirm", CONFIRM)],
);
const CHECKBOXES: Variant = (
    "checkboxes",
    &[
        need("options", list(1, 10, &OPTION)),
        may("initial_options", list(1, 10, &OPTION)),
        may("action_id", ACTION_ID),
        may("confirm", CONFIRM),
        may("focus_on_load", Shape::Flag),
    ],
);
const RADIO: Variant = (
    "radio_buttons",
    &[
        need("options", list(1, 10, &OPTION)),
        may("initial_option", OPTION),
        may("action_id", ACTION_ID),
        may("confirm", CONFIRM),
        may("focus_on_load", Shape::Flag),
    ],
);
const STATIC_SELECT: Variant = (
    "static_select",
    &[
        may("options", OPTIONS),
        may("option_groups", GROUPS),
        may("initial_option", PLAIN_OPTION),
        may("placeholder", PLAIN_150),
        may("action_id", ACTION_ID),
        may("confirm", CONFIRM),
        may("focus_on_load", Shape::Flag),
    ],
);
const MULTI_STATIC_SELECT: Variant = (
    "multi_static_select",
    &[
        may("options", OPTIONS),
        may("option_groups", GROUPS),
        may("initial_options", OPTIONS),
        may("max_selected_items", Shape::Whole { min: 1, max: 100 }),
        may("placeholder", PLAIN_150),
        may("action_id", ACTION_ID),
        may("confirm", CONFIRM),
        may("focus_on_load", Shape::Flag),
    ],
);
const USERS_SELECT: Variant = (
    "users_select",
    &[
        may("initial_user", text(1, 255)),
        may("placeholder", PLAIN_150),
        may("action_id", ACTION_ID),
        may("confirm", CONFIRM),
        may("focus_on_load", Shape::Flag),
    ],
);
const MULTI_USERS_SELECT: Variant = (
    "multi_users_select",
    &[
        may("initial_users", IDS),
        may("max_selected_items", Shape::Whole { min: 1, max: 100 }),
        may("placeholder", PLAIN_150),
        may("action_id", ACTION_ID),
        may("confirm", CONFIRM),
        may("focus_on_load", Shape::Flag),
    ],
);
const CONVERSATIONS_SELECT: Variant = (
    "conversations_select",
    &[
        may("initial_conversation", text(1, 255)),
        may("default_to_current_conversation", Shape::Flag),
        may("response_url_enabled", Shape::Flag),
        may("filter", Shape::AnyObject),
        may("placeholder", PLAIN_150),
        may("action_id", ACTION_ID),
        may("confirm", CONFIRM),
        may("focus_on_load", Shape::Flag),
    ],
);
const DATEPICKER: Variant = (
    "datepicker",
    &[
        may("initial_date", DATE),
        may("placeholder", PLAIN_150),
        may("action_id", ACTION_ID),
        may("confirm", CONFIRM),
        may("focus_on_load", Shape::Flag),
    ],
);
const TIMEPICKER: Variant = (
    "timepicker",
    &[
        may("initial_time", TIME),
        may("timezone", text(1, 100)),
        may("placeholder", PLAIN_150),
        may("action_id", ACTION_ID),
        may("confirm", CONFIRM),
        may("focus_on_load", Shape::Flag),
    ],
);
const DATETIMEPICKER: Variant = (
    "datetimepicker",
    &[
        may("initial_date_time", Shape::Whole { min: 1_000_000_000, max: 9_999_999_999 }),
        may("action_id", ACTION_ID),
        may("confirm", CONFIRM),
        may("focus_on_load", Shape::Flag),
    ],
);
const PLAIN_TEXT_INPUT: Variant = (
    "plain_text_input",
    &[
        may("action_id", ACTION_ID),
        may("initial_value", text(0, 3000)),
        may("multiline", Shape::Flag),
        may("min_length", Shape::Whole { min: 0, max: 3000 }),
        may("max_length", Shape::Whole { min: 1, max: 3000 }),
        may("placeholder", PLAIN_150),
        may("dispatch_action_config", DISPATCH),
        may("focus_on_load", Shape::Flag),
    ],
);
const EMAIL_INPUT: Variant = ("email_text_input", TEXT_INPUT);
const URL_INPUT: Variant = ("url_text_input", TEXT_INPUT);
const TEXT_INPUT: &[FieldShape] = &[
    may("action_id", ACTION_ID),
    may("initial_value", text(0, 3000)),
    may("placeholder", PLAIN_150),
    may("dispatch_action_config", DISPATCH),
    may("focus_on_load", Shape::Flag),
];
const NUMBER_INPUT: Variant = (
    "number_input",
    &[
        need("is_decimal_allowed", Shape::Flag),
        may("action_id", ACTION_ID),
        may("initial_value", text(0, 100)),
        may("min_value", text(0, 100)),
        may("max_value", text(0, 100)),
        may("placeholder", PLAIN_150),
        may("dispatch_action_config", DISPATCH),
        may("focus_on_load", Shape::Flag),
    ],
);
const FILE_INPUT: Variant = (
    "file_input",
    &[
        may("action_id", ACTION_ID),
        may("filetypes", list(0, 100, &text(1, 20))),
        may("max_files", Shape::Whole { min: 1, max: 10 }),
    ],
);

pub(super) const ACTION_ELEMENT: Shape = Shape::Tagged(&[
    BUTTON,
    CHECKBOXES,
    CONVERSATIONS_SELECT,
    DATEPICKER,
    DATETIMEPICKER,
    MULTI_STATIC_SELECT,
    MULTI_USERS_SELECT,
    OVERFLOW,
    RADIO,
    STATIC_SELECT,
    TIMEPICKER,
    USERS_SELECT,
]);
pub(super) const ACCESSORY: Shape = Shape::Tagged(&[
    BUTTON,
    CHECKBOXES,
    CONVERSATIONS_SELECT,
    DATEPICKER,
    IMAGE,
    MULTI_STATIC_SELECT,
    MULTI_USERS_SELECT,
    OVERFLOW,
    RADIO,
    STATIC_SELECT,
    TIMEPICKER,
    USERS_SELECT,
]);
pub(super) const INPUT_ELEMENT: Shape = Shape::Tagged(&[
    CHECKBOXES,
    CONVERSATIONS_SELECT,
    DATEPICKER,
    DATETIMEPICKER,
    EMAIL_INPUT,
    FILE_INPUT,
    MULTI_STATIC_SELECT,
    MULTI_USERS_SELECT,
    NUMBER_INPUT,
    PLAIN_TEXT_INPUT,
    RADIO,
    STATIC_SELECT,
    TIMEPICKER,
    URL_INPUT,
    USERS_SELECT,
]);
pub(super) const CONTEXT_ELEMENT: Shape = Shape::Tagged(&[
    IMAGE,
    ("plain_text", &[need("text", text(1, 3000)), may("emoji", Shape::Flag)]),
    ("mrkdwn", &[need("text", text(1, 3000)), may("verbatim", Shape::Flag)]),
]);
pub(super) const CONTEXT_ACTION: Shape = Shape::Tagged(&[
    (
        "feedback_buttons",
        &[
            need("positive_button", Shape::AnyObject),
            need("negative_button", Shape::AnyObject),
            may("action_id", ACTION_ID),
        ],
    ),
    (
        "icon_button",
        &[
            need("icon", text(1, 75)),
            need("text", PLAIN_75),
            may("action_id", ACTION_ID),
            may("value", text(1, 2000)),
            may("confirm", CONFIRM),
            may("accessibility_label", text(1, 75)),
            may("visible_to_user_ids", IDS),
        ],
    ),
]);
