//! Moments as people write them, in UTC.

use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, Duration, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

use crate::case::Seconds;

/// How a moment may be written: for replies and help.
pub(crate) const FORMS: &str = "`2h ago`, `yesterday 14:00`, `today 9:30`, `2026-11-20`, `2026-11-20 14:00` or \
                         `2026-11-20T14:00:00Z` (on your own clock as Slack knows it, unless it says UTC or an offset)";

/// The farthest that any clock is ahead of UTC.
pub(crate) const FARTHEST: Seconds = 14 * 3_600;

/// Reads a moment. `None` where it is none, or out of all reason.
pub fn moment(text: &str, now: Seconds) -> Option<Seconds> {
    let now = OffsetDateTime::from_unix_timestamp(now).ok()?;
    let text = text.trim().to_lowercase();
    let text = text.strip_suffix("utc").unwrap_or(&text).trim();
    let at = match text {
        "" => None,
        "now" => Some(now),
        _ => ago(text, now).or_else(|| at_time(text, now)).or_else(|| iso(text)),
    }?;
    Some(at.unix_timestamp()).filter(|seconds| *seconds >= 0)
}

/// The same on a clock that is so many seconds ahead of UTC, unless the text says which it is on.
pub(crate) fn moment_in(text: &str, now: Seconds, ahead: Seconds) -> Option<Seconds> {
    let lower = text.trim().to_lowercase();
    let says_which = lower.ends_with("utc")
        || lower.split_at_checked(10).is_some_and(|(_, rest)| rest.contains(['z', '+', '-']));
    if says_which {
        return moment(text, now);
    }
    moment(text, now + ahead).map(|at| at - ahead).filter(|at| *at >= 0)
}

/// The moment's words, where it hangs on the clock of whoever says it.
pub(crate) fn on_a_clock(text: &str, now: Seconds) -> Option<String> {
    (moment(text, now) != moment_in(text, now, 3_600)).then(|| text.to_owned())
}

/// Reads a day and gives its midnight.
pub(crate) fn day(text: &str, now: Seconds) -> Option<Seconds> {
    let now = OffsetDateTime::from_unix_timestamp(now).ok()?;
    let date = date(&text.trim().to_lowercase(), now)?;
    Some(date.midnight().assume_utc().unix_timestamp()).filter(|seconds| *seconds >= 0)
}

/// Writes a moment so that [`moment`] reads it.
pub(crate) fn written(at: Seconds) -> String {
    OffsetDateTime::from_unix_timestamp(at)
        .ok()
        .and_then(|at| at.format(&Rfc3339).ok())
        .unwrap_or_else(|| at.to_string())
}

/// Writes a day so that [`day`] reads it.
pub(crate) fn written_day(at: Seconds) -> String {
    written(at).split('T').next().unwrap_or_default().to_owned()
}

/// `2h ago`, `90 min`, `3 days ago`, `1d 2h ago`.
fn ago(text: &str, now: OffsetDateTime) -> Option<OffsetDateTime> {
    let mut rest = text.strip_suffix("ago").unwrap_or(text).trim();
    let mut total = Duration::ZERO;
    while !rest.is_empty() {
        let digits = rest.len() - rest.trim_start_matches(|each: char| each.is_ascii_digit()).len();
        let number: i32 = rest[..digits].parse().ok()?;
        rest = rest[digits..].trim_start();
        let letters = rest.find(|each: char| !each.is_ascii_alphabetic()).unwrap_or(rest.len());
        total = total.checked_add(unit(&rest[..letters])?.checked_mul(number)?)?;
        rest = rest[letters..].trim_start();
    }
    now.checked_sub(total)
}

fn unit(name: &str) -> Option<Duration> {
    match name {
        "s" | "sec" | "secs" | "second" | "seconds" => Some(Duration::SECOND),
        "m" | "min" | "mins" | "minute" | "minutes" => Some(Duration::MINUTE),
        "h" | "hr" | "hrs" | "hour" | "hours" => Some(Duration::HOUR),
        "d" | "day" | "days" => Some(Duration::DAY),
        "w" | "week" | "weeks" => Some(Duration::WEEK),
        _ => None,
    }
}

/// A day, a time of day, or both; a time alone is the last one that was.
fn at_time(text: &str, now: OffsetDateTime) -> Option<OffsetDateTime> {
    let mut words =
        text.split_whitespace().filter(|word| *word != "at").map(|word| word.trim_end_matches(','));
    let (first, second) = (words.next()?, words.next());
    if words.next().is_some() {
        return None;
    }
    let on = |date: Date, time: Time| PrimitiveDateTime::new(date, time).assume_utc();
    match (date(first, now), second) {
        (Some(date), None) => Some(on(date, Time::MIDNIGHT)),
        (Some(date), Some(time)) => Some(on(date, clock(time)?)),
        (None, None) => {
            let today = on(now.date(), clock(first)?);
            if today <= now { Some(today) } else { today.checked_sub(Duration::DAY) }
        }
        (None, Some(_)) => None,
    }
}

fn date(word: &str, now: OffsetDateTime) -> Option<Date> {
    match word {
        "today" => Some(now.date()),
        "yesterday" => now.date().previous_day(),
        _ => Date::parse(word, format_description!("[year]-[month]-[day]")).ok(),
    }
}

/// `14:00`, `9:30`, `14:00:05`, each also with `z`.
fn clock(word: &str) -> Option<Time> {
    let word = word.strip_suffix('z').unwrap_or(word);
    Time::parse(word, format_description!("[hour padding:none]:[minute]"))
        .or_else(|_| Time::parse(word, format_description!("[hour padding:none]:[minute]:[second]")))
        .ok()
}

/// A date, a time and an offset, a `T` or a blank between the first two; seconds may lack.
fn iso(text: &str) -> Option<OffsetDateTime> {
    let (date, rest) = text.split_at_checked(10)?;
    let rest = rest.strip_prefix(['t', ' '])?;
    let at = rest.find(['z', '+', '-']).unwrap_or(rest.len());
    let (time, offset) = rest.split_at(at);
    let date = Date::parse(date, format_description!("[year]-[month]-[day]")).ok()?;
    let time = clock(time.split('.').next()?.trim())?;
    let offset = match offset {
        "" | "z" => UtcOffset::UTC,
        offset => {
            UtcOffset::parse(offset, format_description!("[offset_hour sign:mandatory]:[offset_minute]"))
                .ok()?
        }
    };
    Some(PrimitiveDateTime::new(date, time).assume_offset(offset))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::growth::is_steady;

    /// 2026-11-21T10:00:00Z, a Saturday.
    const NOW: Seconds = 1_795_255_200;

    #[test]
    fn moments_are_read_as_people_write_them() {
        for (text, at) in [
            ("now", "2026-11-21T10:00:00Z"),
            ("2h ago", "2026-11-21T08:00:00Z"),
            ("2 Hours ago", "2026-11-21T08:00:00Z"),
            ("90 min", "2026-11-21T08:30:00Z"),
            ("1d 2h ago", "2026-11-20T08:00:00Z"),
            ("1w", "2026-11-14T10:00:00Z"),
            ("yesterday", "2026-11-20T00:00:00Z"),
            ("Yesterday at 14:00", "2026-11-20T14:00:00Z"),
            ("today 9:30", "2026-11-21T09:30:00Z"),
            ("9:30", "2026-11-21T09:30:00Z"),
            ("23:15 UTC", "2026-11-20T23:15:00Z"),
            ("2026-11-20", "2026-11-20T00:00:00Z"),
            ("2026-11-20 14:00", "2026-11-20T14:00:00Z"),
            ("2026-11-20, 14:00:07", "2026-11-20T14:00:07Z"),
            ("2026-11-20T14:00Z", "2026-11-20T14:00:00Z"),
            ("2026-11-20T14:00:00.123Z", "2026-11-20T14:00:00Z"),
            ("2026-11-20 14:00+01:00", "2026-11-20T13:00:00Z"),
            ("2026-11-20T14:00:00-05:30", "2026-11-20T19:30:00Z"),
            ("1970-01-01", "1970-01-01T00:00:00Z"),
        ] {
            assert_eq!(moment(text, NOW).map(written).as_deref(), Some(at), "{text:?}");
        }
    }

    #[test]
    fn what_is_no_moment_is_none() {
        for text in [
            "",
            "soon",
            "2 ago",
            "h",
            "25:00",
            "2026-13-01",
            "2026-02-30",
            "1969-12-31",
            "14:00 yesterday x",
            "é",
            "99999999999999d",
            "2147483647w",
            "2026-11-20Tééé",
            "-5h",
            "2026-11-20 14:00 +1",
        ] {
            assert_eq!(moment(text, NOW), None, "{text:?}");
        }
        assert_eq!(moment("now", Seconds::MAX), None);
    }

    #[test]
    fn a_day_is_its_midnight() {
        for (text, at) in [("2026-11-20", Some("2026-11-20")), ("Today", Some("2026-11-21")), ("14:00", None)]
        {
            assert_eq!(day(text, NOW).map(written_day).as_deref(), at, "{text:?}");
        }
    }

    #[test]
    fn a_moment_is_on_the_clock_of_whoever_says_it_unless_they_say_which() {
        let hour = 3_600;
        for (text, ahead, utc) in [
            ("yesterday 14:00", 0, "yesterday 14:00"),
            ("yesterday 14:00", 2 * hour, "yesterday 12:00"),
            ("yesterday 14:00", -5 * hour, "yesterday 19:00"),
            // At ten in the morning of Saturday it is Friday evening there.
            ("today 9:30", -11 * hour, "2026-11-20 20:30"),
            ("2026-11-20 14:00", 2 * hour, "2026-11-20 12:00"),
            ("2026-11-20T14:00:00Z", 2 * hour, "2026-11-20 14:00"),
            ("2026-11-20T14:00:00-05:00", 2 * hour, "2026-11-20 19:00"),
            ("2026-11-20 14:00 UTC", 2 * hour, "2026-11-20 14:00"),
            ("2h ago", 2 * hour, "2h ago"),
            ("now", -5 * hour, "now"),
        ] {
            assert_eq!(moment_in(text, NOW, ahead), moment(utc, NOW), "{text} {ahead}");
        }
        assert_eq!(moment_in("soon", NOW, hour), None);
    }

    #[test]
    fn twice_the_words_of_a_moment_are_read_in_twice_the_time() {
        is_steady(|text| (moment(text, NOW), day(text, NOW), on_a_clock(text, NOW)).0);
    }
}
