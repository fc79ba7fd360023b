//! Which page of a list is meant?

use std::borrow::Cow;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{Input, Order, errors::SirRefusal};

#[derive(Clone, Copy)]
pub(super) struct Listing {
    pub(super) order: Order,
    /// Most items of a page, whatever is asked for.
    pub(super) most: usize,
    /// A token says how many items were shown, not which was the last: what is added meanwhile moves the rest.
    pub(super) counted: bool,
}

/// The page that `input` asks for out of `items` (key and value, oldest first), as an output with `field`,
/// `total` and, unless it is the last, `nextToken`. The token remembers the last key shown, so that what is
/// added between two pages moves nothing, or how many were shown.
pub(super) fn page(
    list: &str,
    field: &str,
    items: Vec<(String, Cow<'_, Value>)>,
    how: Listing,
    input: &Input,
) -> Result<Map<String, Value>, SirRefusal> {
    let items = ordered(items, how.order);
    let start = match input.values.get("nextToken").and_then(Value::as_str).filter(|token| !token.is_empty())
    {
        None => 0,
        Some(token) => after(list, token, &items).ok_or_else(|| {
            SirRefusal::field("nextToken", "The pagination token is not one that this list has given out.")
        })?,
    };
    let size = input.values.get("maxResults").and_then(Value::as_u64).unwrap_or(25);
    let size = usize::try_from(size).unwrap_or(25).min(how.most);
    let end = items.len().min(start + size);
    let mut output = Map::new();
    output.insert("total".into(), items.len().into());
    if let Some((key, _)) = items.get(end.wrapping_sub(1)).filter(|_| end < items.len()) {
        let last = if how.counted { format!("#{end}") } else { key.clone() };
        output.insert("nextToken".into(), BASE64_URL_SAFE_NO_PAD.encode(format!("{list}\n{last}")).into());
    }
    let shown: Vec<Value> =
        items.into_iter().take(end).skip(start).map(|(_, value)| value.into_owned()).collect();
    output.insert(field.into(), json!(shown));
    Ok(output)
}

fn after<V>(list: &str, token: &str, items: &[(String, V)]) -> Option<usize> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(token).ok()?;
    let (name, key) = std::str::from_utf8(&bytes).ok()?.split_once('\n')?;
    if let Some(shown) = key.strip_prefix('#') {
        return shown.parse().ok().filter(|_| name == list).map(|shown: usize| shown.min(items.len()));
    }
    (name == list).then(|| items.iter().position(|(known, _)| known == key))?.map(|at| at + 1)
}

fn ordered<V>(mut items: Vec<(String, V)>, order: Order) -> Vec<(String, V)> {
    match order {
        Order::OldestFirst => {}
        Order::NewestFirst => items.reverse(),
        Order::Shuffled => items.sort_by_cached_key(|(key, _)| Sha256::digest(key).to_vec()),
    }
    items
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing(order: Order) -> Listing {
        Listing { order, most: 25, counted: false }
    }

    fn keys(order: Order, count: usize) -> Vec<String> {
        let mut seen = vec![];
        let mut values = Map::new();
        loop {
            let items =
                (0..count).map(|n| (format!("{n:03}"), Cow::Owned(json!(format!("{n:03}"))))).collect();
            let input = Input { values: values.clone(), who: "".into() };
            let output = page("list", "items", items, listing(order), &input).unwrap();
            let items = output["items"].as_array().unwrap();
            assert!(items.len() <= 25);
            seen.extend(items.iter().map(|item| item.as_str().unwrap().to_owned()));
            match output.get("nextToken") {
                Some(token) => values.insert("nextToken".into(), token.clone()),
                None => return seen,
            };
        }
    }

    #[test]
    fn every_order_shows_every_item_once() {
        for count in [0, 1, 25, 26, 60] {
            let oldest = keys(Order::OldestFirst, count);
            assert_eq!(oldest, (0..count).map(|n| format!("{n:03}")).collect::<Vec<_>>());
            let mut newest = keys(Order::NewestFirst, count);
            newest.reverse();
            assert_eq!(newest, oldest);
            let mut shuffled = keys(Order::Shuffled, count);
            assert!(count < 25 || shuffled != oldest);
            shuffled.sort();
            assert_eq!(shuffled, oldest);
        }
    }

    #[test]
    fn a_token_that_counts_shows_a_shorter_list_from_there_on() {
        let names = |count: usize| (0..count).map(|n| (format!("{n:03}"), Cow::Owned(json!(n)))).collect();
        let how = || Listing { order: Order::NewestFirst, most: 2, counted: true };
        let mut input = Input { values: Map::new(), who: "".into() };
        let first = page("list", "items", names(6), how(), &input).unwrap();
        assert_eq!(first["items"], json!([5, 4]));
        input.values.insert("nextToken".into(), first["nextToken"].clone());
        let older = page("list", "items", names(5), how(), &input).unwrap();
        assert_eq!(older["items"], json!([2, 1]), "3 is on neither");
    }

    #[test]
    fn a_token_of_another_list_is_refused() {
        let token = BASE64_URL_SAFE_NO_PAD.encode("other\n001");
        for token in [token.as_str(), "rubbish"] {
            let values = json!({ "nextToken": token }).as_object().unwrap().clone();
            let items = vec![("001".to_owned(), Cow::Owned(json!(1)))];
            let input = Input { values, who: "".into() };
            let refused = page("list", "items", items, listing(Order::OldestFirst), &input);
            assert!(refused.is_err(), "{token}");
        }
    }
}
