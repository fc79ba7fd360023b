//! As much of a filter pattern as is understood here.

use serde_json::Value;

/// Whether a line is one that a pattern looks for; `None` where the pattern is not understood.
pub(super) fn matches(pattern: &str, line: &str) -> Option<bool> {
    let inside = pattern.trim().strip_prefix('{')?.strip_suffix('}')?;
    let read: Value = serde_json::from_str(line).unwrap_or_default();
    let terms: Option<Vec<bool>> = inside.split("&&").map(|term| term_of(term, &read)).collect();
    Some(terms?.into_iter().all(|holds| holds))
}

/// `($.case = "7000000003")`
fn term_of(term: &str, line: &Value) -> Option<bool> {
    let term = term.trim().trim_start_matches('(').trim_end_matches(')');
    let (field, value) = term.split_once('=')?;
    let field = field.trim().strip_prefix("$.")?;
    let value = value.trim().strip_prefix('"')?.strip_suffix('"')?;
    let is_plain = field.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    (is_plain && !value.contains('"')).then(|| line[field] == value)
}
