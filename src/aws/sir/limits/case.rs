//! Would the service take this case, this change of it, or this comment?
//!
//! <https://docs.aws.amazon.com/security-ir/latest/APIReference/API_CreateCase.html>

use super::{Result, address::actor, count, error, file, length, person::watcher, place};
use crate::{
    aws::sir::{CaseChange, NewCase},
    case::{Actor, Case, Watcher},
};

/// The kinds of engagement.
pub const ENGAGEMENTS: [&str; 2] = ["Security Incident", "Investigation"];

/// The most characters of a description, and of a comment.
pub const DESCRIPTION: usize = 8_000;
/// See [`DESCRIPTION`].
pub const COMMENT: usize = 12_000;

/// A title.
///
/// # Errors
/// Empty, or over 300 characters.
pub fn title(text: &str) -> Result<()> {
    length("title", "A title", text, 1, 300)
}

/// A description.
///
/// # Errors
/// Empty, or over 8,000 characters.
pub fn description(text: &str) -> Result<()> {
    length("description", "A description", text, 1, DESCRIPTION)
}

/// A comment.
///
/// # Errors
/// Empty, or over 12,000 characters.
pub fn comment(text: &str) -> Result<()> {
    length("comment", "A comment", text, 1, COMMENT)
}

/// Why an investigation was useful or not.
///
/// # Errors
/// Empty, or over 1,000 characters.
pub fn feedback(text: &str) -> Result<()> {
    length("comment", "A reason", text, 1, 1_000)
}

/// A kind of engagement.
///
/// # Errors
/// Names those that there are.
pub fn engagement(text: &str) -> Result<()> {
    if ENGAGEMENTS.contains(&text) {
        return Ok(());
    }
    Err(error(
        "engagement",
        format!("\"{text}\" is not a kind of case: {} or {}.", ENGAGEMENTS[0], ENGAGEMENTS[1]),
    ))
}

/// Tags. A key that begins with `aws:` is AWS's own: <https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html>.
///
/// # Errors
/// The first limit that is broken.
pub fn tags(pairs: &[(String, String)]) -> Result<()> {
    count("tags", "tags", pairs.len(), 0, 200)?;
    pairs.iter().try_for_each(|(key, value)| {
        tag_key(key)?;
        length("tags", "The value of a tag", value, 0, 256)
    })
}

/// The key of a tag.
///
/// # Errors
/// Empty, over 128 characters, or AWS's own.
pub fn tag_key(key: &str) -> Result<()> {
    length("tags", "The key of a tag", key, 1, 128)?;
    match key.get(..4) {
        Some(start) if start.eq_ignore_ascii_case("aws:") => {
            Err(error("tags", format!("\"{key}\" cannot be set: keys that begin with aws: are AWS's own.")))
        }
        _ => Ok(()),
    }
}

/// A new case.
///
/// # Errors
/// The first limit that is broken.
pub fn new_case(new: &NewCase) -> Result<()> {
    let NewCase {
        token: _,
        resolver: _,
        title: its_title,
        description: its_description,
        engagement: its_engagement,
        reported_start: _,
        accounts,
        watchers,
        actors,
        services,
        regions,
        tags: its_tags,
    } = new;
    title(its_title)?;
    description(its_description)?;
    engagement(its_engagement)?;
    self::watchers(watchers)?;
    self::accounts(accounts)?;
    self::regions(regions)?;
    self::services(services)?;
    self::actors(actors)?;
    tags(its_tags)
}

/// A change of a case. One that changes nothing is refused.
///
/// # Errors
/// The first limit that is broken.
pub fn change(change: &CaseChange) -> Result<()> {
    if *change == CaseChange::default() {
        return Err(error("case", "Nothing was given to change."));
    }
    if let Some(text) = &change.title {
        title(text)?;
    }
    if let Some(text) = &change.description {
        description(text)?;
    }
    if let Some(text) = &change.engagement {
        engagement(text)?;
    }
    watchers(&change.add_watchers)?;
    accounts(&change.add_accounts)?;
    regions(&change.add_regions)?;
    services(&change.add_services)?;
    actors(&change.add_actors)?;
    metadata(&change.metadata)?;
    // What is taken away is named as the case has it; only how much of it is asked here.
    count("watchers", "watchers to remove at once", change.remove_watchers.len(), 0, WATCHERS)?;
    count("accounts", "accounts to remove at once", change.remove_accounts.len(), 0, ACCOUNTS)?;
    count("regions", "Regions to remove at once", change.remove_regions.len(), 0, REGIONS)?;
    count("services", "services to remove at once", change.remove_services.len(), 0, SERVICES)?;
    count("actors", "addresses to remove at once", change.remove_actors.len(), 0, ACTORS)
}

/// Whether a case has room for what a change adds to it, less what the change removes.
///
/// # Errors
/// The first list that would be too long.
pub fn room(case: &Case, change: &CaseChange) -> Result<()> {
    let emails =
        |list: &[Watcher]| list.iter().map(|watcher| watcher.email.to_lowercase()).collect::<Vec<_>>();
    let ips = |list: &[Actor]| list.iter().map(|actor| actor.ip.clone()).collect::<Vec<_>>();
    let watchers =
        after(emails(&case.watchers), emails(&change.add_watchers), &emails(&change.remove_watchers));
    let actors = after(ips(&case.actors), ips(&change.add_actors), &ips(&change.remove_actors));
    let accounts = after(case.accounts.clone(), change.add_accounts.clone(), &change.remove_accounts);
    let regions = after(case.regions.clone(), change.add_regions.clone(), &change.remove_regions);
    let services = after(case.services.clone(), change.add_services.clone(), &change.remove_services);
    count("watchers", "watchers of a case", watchers, 0, WATCHERS)?;
    count("actors", "addresses on a case", actors, 0, ACTORS)?;
    count("accounts", "accounts on a case", accounts, 0, ACCOUNTS)?;
    count("regions", "Regions on a case", regions, 0, REGIONS)?;
    count("services", "services on a case", services, 0, SERVICES)
}

/// Whether a case has room for one more file.
///
/// # Errors
/// When it has 50.
pub fn room_for_a_file(case: &Case) -> Result<()> {
    count("file", "files on a case", case.attachments.len() + 1, 0, file::MOST_FILES)
}

const WATCHERS: usize = 30;
const ACTORS: usize = 200;
const ACCOUNTS: usize = 200;
const REGIONS: usize = 50;
const SERVICES: usize = 600;

/// How many there are after a change; one that is there already is not counted twice.
fn after(mut items: Vec<String>, added: Vec<String>, removed: &[String]) -> usize {
    items.extend(added);
    items.retain(|item| !removed.contains(item));
    items.sort();
    items.dedup();
    items.len()
}

fn watchers(watchers: &[Watcher]) -> Result<()> {
    count("watchers", "watchers of a case", watchers.len(), 0, WATCHERS)?;
    watchers.iter().try_for_each(watcher)
}

fn accounts(accounts: &[String]) -> Result<()> {
    count("accounts", "accounts on a case", accounts.len(), 0, ACCOUNTS)?;
    accounts.iter().try_for_each(|account| exact("account", account, place::account(account)?))
}

fn regions(regions: &[String]) -> Result<()> {
    count("regions", "Regions on a case", regions.len(), 0, REGIONS)?;
    regions.iter().try_for_each(|region| exact("region", region, place::region(region)?))
}

fn services(services: &[String]) -> Result<()> {
    count("services", "services on a case", services.len(), 0, SERVICES)?;
    services.iter().try_for_each(|service| place::service(service))
}

fn actors(actors: &[Actor]) -> Result<()> {
    count("actors", "addresses on a case", actors.len(), 0, ACTORS)?;
    actors.iter().try_for_each(actor)
}

fn metadata(pairs: &[(String, String)]) -> Result<()> {
    count("metadata", "metadata entries", pairs.len(), 0, 30)?;
    pairs.iter().try_for_each(|(key, value)| {
        length("metadata", "The key of a metadata entry", key, 1, 500)?;
        length("metadata", "The value of a metadata entry", value, 1, 2_000)
    })
}

/// What is to be sent must be spelled as the service takes it already.
fn exact(field: &'static str, given: &str, sent: String) -> Result<()> {
    if given == sent { Ok(()) } else { Err(error(field, format!("{given} must be written {sent}."))) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Attachment, AttachmentId, CaseId, Resolver, Status};

    type Check = fn(&str) -> Result<()>;

    #[test]
    fn each_text_has_its_own_longest_length_in_code_points() {
        let table: [(&str, Check, usize); 5] = [
            ("A title", title, 300),
            ("A description", description, 8_000),
            ("A comment", comment, 12_000),
            ("A reason", feedback, 1_000),
            ("The key of a tag", tag_key, 128),
        ];
        for (what, check, most) in table {
            assert_eq!(check(&"é".repeat(most)), Ok(()), "{what}");
            let refused = check(&"é".repeat(most + 1)).expect_err(what).to_string();
            assert!(refused.starts_with(what) && refused.ends_with(": 1 too many."), "{refused}");
            assert!(check(" ").expect_err(what).to_string().contains("cannot be empty"), "{what}");
        }
    }

    #[test]
    fn a_list_has_its_own_greatest_length() {
        let list = |item: &str, count| vec![item.to_owned(); count];
        let watching =
            |count| vec![Watcher { email: "ana@example.com".to_owned(), ..Watcher::default() }; count];
        let acting = |count| vec![Actor { ip: "203.0.113.7".to_owned(), user_agent: None }; count];
        let pair = |count| vec![("key".to_owned(), "value".to_owned()); count];
        let base = CaseChange::default;
        type Made<'a> = Box<dyn Fn(usize) -> CaseChange + 'a>;
        let table: [(usize, &str, Made<'_>); 11] = [
            (30, "watchers", Box::new(|n| CaseChange { add_watchers: watching(n), ..base() })),
            (30, "watchers", Box::new(|n| CaseChange { remove_watchers: watching(n), ..base() })),
            (200, "actors", Box::new(|n| CaseChange { add_actors: acting(n), ..base() })),
            (200, "actors", Box::new(|n| CaseChange { remove_actors: acting(n), ..base() })),
            (600, "services", Box::new(|n| CaseChange { add_services: list("S3", n), ..base() })),
            (600, "services", Box::new(|n| CaseChange { remove_services: list("S3", n), ..base() })),
            (50, "regions", Box::new(|n| CaseChange { add_regions: list("us-east-1", n), ..base() })),
            (50, "regions", Box::new(|n| CaseChange { remove_regions: list("us-east-1", n), ..base() })),
            (200, "accounts", Box::new(|n| CaseChange { add_accounts: list("111122223333", n), ..base() })),
            (
                200,
                "accounts",
                Box::new(|n| CaseChange { remove_accounts: list("111122223333", n), ..base() }),
            ),
            (30, "metadata", Box::new(|n| CaseChange { metadata: pair(n), ..base() })),
        ];
        for (most, field, made) in table {
            assert_eq!(change(&made(most)), Ok(()), "{field}");
            let refused = change(&made(most + 1)).expect_err(field);
            assert_eq!(refused.field, field);
            assert!(refused.to_string().contains(&format!("At most {most} ")), "{refused}");
        }
        assert_eq!((tags(&pair(200)), tags(&pair(201)).map_err(|error| error.field)), (Ok(()), Err("tags")));
    }

    #[test]
    fn each_part_of_a_change_is_looked_at() {
        let one = |text: &str| vec![text.to_owned()];
        let base = CaseChange::default;
        for (made, field) in [
            (base(), "case"),
            (CaseChange { title: Some(String::new()), ..base() }, "title"),
            (CaseChange { description: Some(String::new()), ..base() }, "description"),
            (CaseChange { engagement: Some("Active Security Event".to_owned()), ..base() }, "engagement"),
            (CaseChange { add_watchers: vec![Watcher::default()], ..base() }, "email"),
            (CaseChange { add_actors: vec![Actor::default()], ..base() }, "ip"),
            (CaseChange { add_services: one("x"), ..base() }, "service"),
            (CaseChange { add_regions: one("US-EAST-1"), ..base() }, "region"),
            (CaseChange { add_accounts: one("1111-2222-3333"), ..base() }, "account"),
            (CaseChange { metadata: vec![(String::new(), "x".to_owned())], ..base() }, "metadata"),
            (CaseChange { metadata: vec![("x".repeat(501), "x".to_owned())], ..base() }, "metadata"),
            (CaseChange { metadata: vec![("x".to_owned(), "x".repeat(2_001))], ..base() }, "metadata"),
        ] {
            assert_eq!(change(&made).expect_err(field).field, field);
        }
    }

    #[test]
    fn each_part_of_a_new_case_is_looked_at() {
        let new = || NewCase {
            token: "t".to_owned(),
            resolver: Resolver::Own,
            title: "Title".to_owned(),
            description: "Description".to_owned(),
            engagement: "Security Incident".to_owned(),
            reported_start: 0,
            accounts: Vec::new(),
            watchers: Vec::new(),
            actors: Vec::new(),
            services: Vec::new(),
            regions: Vec::new(),
            tags: Vec::new(),
        };
        assert_eq!(new_case(&new()), Ok(()));
        let one = |text: &str| vec![text.to_owned()];
        for (made, field) in [
            (NewCase { title: String::new(), ..new() }, "title"),
            (NewCase { description: String::new(), ..new() }, "description"),
            (NewCase { engagement: String::new(), ..new() }, "engagement"),
            (NewCase { accounts: one("1"), ..new() }, "account"),
            (NewCase { watchers: vec![Watcher::default()], ..new() }, "email"),
            (NewCase { actors: vec![Actor::default()], ..new() }, "ip"),
            (NewCase { services: one("x"), ..new() }, "service"),
            (NewCase { regions: one("mars-1"), ..new() }, "region"),
            (NewCase { tags: vec![("AWS:x".to_owned(), String::new())], ..new() }, "tags"),
            (NewCase { tags: vec![("x".to_owned(), "x".repeat(257))], ..new() }, "tags"),
        ] {
            assert_eq!(new_case(&made).expect_err(field).field, field);
        }
    }

    #[test]
    fn a_full_case_takes_another_only_for_one_that_goes() {
        let person = |index: usize| Watcher { email: format!("p{index}@example.com"), ..Watcher::default() };
        let case = Case { watchers: (0..30).map(person).collect(), ..case() };
        let swap = |add: Vec<Watcher>, remove: Vec<Watcher>| CaseChange {
            add_watchers: add,
            remove_watchers: remove,
            ..CaseChange::default()
        };
        let refused = room(&case, &swap(vec![person(30)], vec![])).expect_err("full").to_string();
        assert_eq!(refused, "At most 30 watchers of a case are possible; this has 31.");
        assert_eq!(room(&case, &swap(vec![person(30)], vec![person(0)])), Ok(()));
        assert_eq!(room(&case, &swap(vec![person(7)], vec![])), Ok(()), "one who watches already");
    }

    #[test]
    fn a_case_has_room_for_fifty_files() {
        let file = |_| Attachment {
            id: AttachmentId::new("a"),
            name: "a".to_owned(),
            status: "Verified".to_owned(),
            creator: "111122223333".to_owned(),
            created: 0,
        };
        let with = |count: usize| Case { attachments: (0..count).map(file).collect(), ..case() };
        assert_eq!(room_for_a_file(&with(49)), Ok(()));
        assert_eq!(room_for_a_file(&with(50)).expect_err("full").field, "file");
    }

    fn case() -> Case {
        Case {
            id: CaseId::new("1234567890"),
            arn: String::new(),
            title: String::new(),
            description: String::new(),
            status: Status::Submitted,
            engagement: String::new(),
            resolver: Resolver::Own,
            waits_for_customer: false,
            reported_start: None,
            actual_start: None,
            created: None,
            updated: None,
            closed: None,
            closure: None,
            accounts: Vec::new(),
            regions: Vec::new(),
            services: Vec::new(),
            watchers: Vec::new(),
            actors: Vec::new(),
            attachments: Vec::new(),
            metadata: Vec::new(),
        }
    }
}
